// How the layers fare: sizes of gradients and updates over time, and the units that have gone silent.

import type { RunModel } from "../../src/studio/shared/runModel.ts";
import type { Series } from "../../src/studio/shared/series.ts";
import { Chart, type Curve } from "../chart.tsx";
import { figure, percent } from "../format.ts";
import { language } from "../i18n/language.ts";
import { modelOf, type ShownRun } from "../runs/runStore.ts";
import { lookOfPage } from "../theme.ts";
import { t } from "./texts.ts";

/** Layers that are drawn: evenly spaced ones of deeper networks. The table has all. */
const mostDrawn = 8;

/** Charts and a table; nothing before the first reading. */
export function Layers({ run }: { run: ShownRun }) {
  const model = modelOf(run);
  if (!model) return null;
  const { gradients, ratios, activations } = model;
  const names = [...ratios.columns.keys()];
  if (names.length === 0) return null;
  const shared = {
    xLabel: t("stepsAxis"),
    theme: `${lookOfPage.value} ${language.value}`,
    isLogarithmic: true,
  };
  return (
    <section class="card" aria-labelledby="layers-title">
      <h3 id="layers-title">{t("layers")}</h3>
      <p class="soft">{t("layersHelp")}</p>
      <div class="charts">
        <figure>
          <figcaption>{t("updateRatio")}</figcaption>
          <Chart label={t("updateRatio")} curves={curvesOf(ratios)} format={short} {...shared} />
        </figure>
        <figure>
          <figcaption>{t("gradient")}</figcaption>
          <Chart label={t("gradient")} curves={curvesOf(gradients)} format={short} {...shared} />
        </figure>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("layer")}</th>
            <th scope="col">{t("gradient")}</th>
            <th scope="col">{t("updateRatio")}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const ratio = ratios.columns.get(name)?.at(-1) ?? null;
            return (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{short(gradients.columns.get(name)?.at(-1) ?? null)}</td>
                <td class={ratio === null ? "" : judged(ratio)}>{short(ratio)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Units activations={activations} />
    </section>
  );
}

/** What the units behind the layers give; nothing where that was not read. */
function Units({ activations }: { activations: RunModel["activations"] }) {
  if (activations.length === 0) return null;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("activation")}</th>
          <th scope="col">{t("units")}</th>
          <th scope="col">{t("silentOrSaturated")}</th>
        </tr>
      </thead>
      <tbody>
        {activations.map(({ layer, kind, units, dead, saturated }, i) => (
          <tr key={`${layer} ${i}`}>
            <th scope="row">
              <code>{layer}</code> {kind}
            </th>
            <td>{units}</td>
            <td>
              {kind === "relu"
                ? t("silent", { percent: percent(dead) })
                : t("saturated", { percent: percent(saturated) })}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function curvesOf(series: Series): Curve[] {
  const names = [...series.columns.keys()];
  const every = Math.max(1, (names.length - 1) / (mostDrawn - 1));
  const drawn = names.filter((_, i) => i === Math.round(Math.round(i / every) * every));
  return drawn.slice(0, mostDrawn).map((name, i) => ({
    label: name,
    x: series.steps,
    y: series.columns.get(name)!,
    colour: `c${i}`,
  }));
}

/** A share of a thousandth is what is hoped for; a tenth of that or ten times as much is worth a look. */
function judged(ratio: number): string {
  return ratio > 1e-2 || ratio < 1e-5 ? "bad" : "";
}

function short(value: number | null): string {
  return figure(value, 2);
}
