// How well each class is told from the others; a row shows the mistakes with its pictures.
import { useSignal } from "@preact/signals";
import { count, percent } from "../format.ts";
import type { Outcome } from "./outcome.ts";
import { mean, meant } from "./selection.ts";
import { t } from "./texts.ts";

const columns = ["precision", "recall", "f1", "support"] as const;
type Column = (typeof columns)[number];

/** The card. */
export function ClassTable({ outcome }: { outcome: Outcome }) {
  const { scores } = outcome.found;
  const sorted = useSignal<Column | null>(null);
  const order = scores.classes.map((_, c) => c);
  const by = sorted.value;
  if (by) order.sort((a, b) => scores.classes[a]![by] - scores.classes[b]![by] || a - b);
  const now = meant.value;
  return (
    <section class="card" aria-labelledby="classes-title">
      <h3 id="classes-title">{t("perClass")}</h3>
      <div class="classTable">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("class")}</th>
              {columns.map((column) => (
                <th key={column} scope="col" aria-sort={by === column ? "ascending" : undefined}>
                  <button
                    type="button"
                    class="plain"
                    onClick={() => {
                      sorted.value = by === column ? null : column;
                    }}
                  >
                    {t(column)}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {order.map((c) => {
              const { precision, recall, f1, support } = scores.classes[c]!;
              const isChosen = now.kind === "class" && now.truth === c;
              return (
                <tr key={c} class={isChosen ? "chosen" : ""}>
                  <th scope="row">
                    <button type="button" class="plain" onClick={() => mean({ kind: "class", truth: c })}>
                      {outcome.held.classes[c]}
                    </button>
                  </th>
                  <td>{percent(precision)}</td>
                  <td>{percent(recall)}</td>
                  <td>{percent(f1)}</td>
                  <td>{count(support)}</td>
                </tr>
              );
            })}
            <tr class="mean">
              <th scope="row">{t("mean")}</th>
              <td>{percent(scores.precision)}</td>
              <td>{percent(scores.recall)}</td>
              <td>{percent(scores.f1)}</td>
              <td />
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  );
}
