// The epochs of a run as a table: the curves' numbers for those who want them exactly.
import type { EpochFigures } from "../../src/studio/shared/protocol.ts";
import { clock, figure, percent } from "../format.ts";
import { t } from "./texts.ts";

/** Rows that are shown: the last ones. */
const mostRows = 50;

/** The table; nothing before the first epoch. */
export function EpochTable({ epochs }: { epochs: readonly EpochFigures[] }) {
  if (epochs.length === 0) return null;
  const best = Math.max(...epochs.map(({ top1 }) => top1));
  return (
    <section class="card" aria-labelledby="epochs-title">
      <h3 id="epochs-title">{t("epochsTable")}</h3>
      <table>
        <thead>
          <tr>
            {(["epoch", "trainLoss", "valLoss", "top1", "top5", "learningRate", "time"] as const).map(
              (key) => (
                <th key={key} scope="col">
                  {t(key)}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {epochs.slice(-mostRows).map((row) => (
            <tr key={row.epoch} class={row.top1 === best ? "good" : ""}>
              <th scope="row">{row.epoch}</th>
              <td>{figure(row.trainLoss)}</td>
              <td>{figure(row.valLoss)}</td>
              <td>{percent(row.top1, 2)}</td>
              <td>{percent(row.top5, 2)}</td>
              <td>{figure(row.lr, 3)}</td>
              <td>{clock(row.seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
