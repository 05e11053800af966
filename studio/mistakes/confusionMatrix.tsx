// The confusion matrix: a table of buttons for a few classes, a heat map beside a list of the commonest confusions for many.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { coloursOf } from "../colours.ts";
import { count, percent } from "../format.ts";
import { lookOfPage } from "../theme.ts";
import { commonest, type Outcome } from "./outcome.ts";
import { mean, meant } from "./selection.ts";
import { t } from "./texts.ts";

/** Classes with which numbers have room. */
const mostInTable = 20;
/** Confusions that are listed. */
const mostListed = 20;
/** Side of the heat map, CSS pixels. */
const mapSide = 420;
/** Steps of shading, each a class of the style sheet. */
const shades = 6;

/** The card. */
export function ConfusionMatrix({ outcome }: { outcome: Outcome }) {
  const isSmall = outcome.held.classes.length <= mostInTable;
  return (
    <section class="card" aria-labelledby="confusion-title">
      <h3 id="confusion-title">{t("confusion")}</h3>
      <p class="soft">{t("confusionHelp")}</p>
      {isSmall ? <MatrixTable outcome={outcome} /> : <HeatMap outcome={outcome} />}
      <Commonest outcome={outcome} />
    </section>
  );
}

function cellText({ held, found }: Outcome, truth: number, answer: number): string {
  const n = held.classes.length;
  const value = found.confusion[truth * n + answer]!;
  const whole = found.scores.classes[truth]!.support;
  return t(truth === answer ? "cellRight" : "cell", {
    truth: held.classes[truth]!,
    answer: held.classes[answer]!,
    count: count(value),
    percent: percent(whole === 0 ? 0 : value / whole),
  });
}

function MatrixTable({ outcome }: { outcome: Outcome }) {
  const { held, found } = outcome;
  const { classes } = held;
  const n = classes.length;
  const isShare = useSignal(false);
  const active = useSignal<readonly [number, number]>([0, 0]);
  const table = useRef<HTMLTableElement>(null);
  const now = meant.value;
  const step = (event: KeyboardEvent, truth: number, answer: number) => {
    const ways: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const within = (at: number) => Math.min(n - 1, Math.max(0, at));
    const [row, column] = [within(truth + way[0]), within(answer + way[1])];
    active.value = [row, column];
    table.current?.querySelector<HTMLElement>(`[data-cell="${row} ${column}"]`)?.focus();
  };
  return (
    <>
      <fieldset class="ways">
        <legend class="hidden">{t("show")}</legend>
        {([false, true] as const).map((share) => (
          <button
            key={String(share)}
            type="button"
            aria-pressed={isShare.value === share}
            onClick={() => {
              isShare.value = share;
            }}
          >
            {t(share ? "shares" : "counts")}
          </button>
        ))}
      </fieldset>
      <div class="matrix">
        <table ref={table}>
          <thead>
            <tr>
              <th scope="col" class="soft">
                {t("trueClass")} \ {t("takenFor")}
              </th>
              {classes.map((name) => (
                <th key={name} scope="col" title={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((name, truth) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                {classes.map((other, answer) => {
                  const value = found.confusion[truth * n + answer]!;
                  const share = value / Math.max(1, found.scores.classes[truth]!.support);
                  const isChosen = now.kind === "cell" && now.truth === truth && now.answer === answer;
                  const [row, column] = active.value;
                  return (
                    <td key={other}>
                      <button
                        type="button"
                        class={`cell ${truth === answer ? "right" : "wrong"} shade${shadeOf(share, truth === answer)}`}
                        data-cell={`${truth} ${answer}`}
                        tabIndex={row === truth && column === answer ? 0 : -1}
                        aria-pressed={isChosen}
                        title={cellText(outcome, truth, answer)}
                        onFocus={() => {
                          active.value = [truth, answer];
                        }}
                        onKeyDown={(event) => step(event, truth, answer)}
                        onClick={() => mean({ kind: "cell", truth, answer })}
                      >
                        {value === 0 ? "·" : isShare.value ? percent(share) : count(value)}
                        <span class="hidden">, {cellText(outcome, truth, answer)}</span>
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Small shares of mistakes matter, so their shades grow with the root. */
function shadeOf(share: number, isRight: boolean): number {
  if (share === 0) return 0;
  return Math.max(1, Math.min(shades, Math.round(shades * (isRight ? share : Math.sqrt(share)))));
}

function HeatMap({ outcome }: { outcome: Outcome }) {
  const { held, found } = outcome;
  const n = held.classes.length;
  const canvas = useRef<HTMLCanvasElement>(null);
  const under = useSignal<readonly [number, number] | null>(null);
  const look = lookOfPage.value;
  useEffect(() => {
    const map = canvas.current!;
    const dense = devicePixelRatio;
    map.width = map.height = Math.round(mapSide * dense);
    map.style.width = map.style.height = `${mapSide}px`;
    const context = map.getContext("2d")!;
    const colourOf = coloursOf(map.parentElement!);
    const [right, wrong] = [colourOf("right"), colourOf("wrong")];
    const side = map.width / n;
    for (let truth = 0; truth < n; truth++) {
      const whole = Math.max(1, found.scores.classes[truth]!.support);
      for (let answer = 0; answer < n; answer++) {
        const share = found.confusion[truth * n + answer]! / whole;
        if (share === 0) continue;
        context.globalAlpha = Math.max(0.15, truth === answer ? share : Math.sqrt(share));
        context.fillStyle = truth === answer ? right : wrong;
        context.fillRect(answer * side, truth * side, Math.max(1, side), Math.max(1, side));
      }
    }
  }, [outcome, look]);
  const cellAt = ({ offsetX, offsetY }: MouseEvent): readonly [number, number] => {
    const at = (pixel: number) => Math.min(n - 1, Math.max(0, Math.floor((pixel / mapSide) * n)));
    return [at(offsetY), at(offsetX)];
  };
  return (
    <>
      <canvas
        ref={canvas}
        class="heat"
        role="img"
        aria-label={t("confusion")}
        onPointerMove={(event) => {
          under.value = cellAt(event);
        }}
        onPointerLeave={() => {
          under.value = null;
        }}
        onPointerDown={(event) => {
          const [truth, answer] = cellAt(event);
          mean({ kind: "cell", truth, answer });
        }}
      />
      <p class="soft">{under.value ? cellText(outcome, ...under.value) : "\u00a0"}</p>
    </>
  );
}

function Commonest({ outcome }: { outcome: Outcome }) {
  const all = commonest(outcome, mostListed);
  if (all.length === 0) return <p class="good">{t("noConfusions")}</p>;
  return (
    <details open={outcome.held.classes.length > mostInTable}>
      <summary>{t("commonest")}</summary>
      <ul class="commonest">
        {all.map(({ truth, answer }) => (
          <li key={`${truth} ${answer}`}>
            <button type="button" class="plain" onClick={() => mean({ kind: "cell", truth, answer })}>
              {cellText(outcome, truth, answer)}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
