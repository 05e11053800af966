// Loss, accuracy and learning rate of the runs that are shown, over epochs, so that runs with other batches compare.
import type { RunModel } from "../../src/studio/shared/runModel.ts";
import { Chart, type Curve } from "../chart.tsx";
import { figure, percent } from "../format.ts";
import { language } from "../i18n/language.ts";
import { modelOf, type ShownRun } from "../runs/runStore.ts";
import { lookOfPage } from "../theme.ts";
import { t } from "./texts.ts";

/** Steps' share of the smoothed curve that comes from the newest row. */
const newest = 0.05;

/** The charts. */
export function Curves({ runs }: { runs: readonly ShownRun[] }) {
  const models = runs.flatMap((run) => modelOf(run) ?? []);
  const isAlone = models.length === 1;
  const name = (model: RunModel, what: string) => (isAlone ? what : `${model.id} ${what}`);
  const losses = models.flatMap((model, i): Curve[] => {
    const { x, column } = stepCurve(model, "loss");
    const colour = `c${i}`;
    return [
      ...(isAlone ? [{ label: t("trainingLoss"), x, y: column, colour, look: "thin" } as const] : []),
      { label: name(model, t(isAlone ? "smoothedLoss" : "training")), x, y: smoothed(column), colour },
      {
        label: name(model, t("validation")),
        ...epochCurve(model, (row) => row.valLoss),
        colour: isAlone ? "c1" : colour,
        look: "dashed",
      },
    ];
  });
  const accuracies = models.flatMap((model, i): Curve[] => [
    {
      label: name(model, t("training")),
      ...epochCurve(model, (row) => row.trainAccuracy),
      colour: `c${i}`,
    },
    {
      label: name(model, t("validation")),
      ...epochCurve(model, (row) => row.top1),
      colour: isAlone ? "c1" : `c${i}`,
      look: "dashed",
    },
  ]);
  const rates = models.map((model, i): Curve => {
    const { x, column } = stepCurve(model, "lr");
    return { label: name(model, t("learningRate")), x, y: column, colour: `c${i}` };
  });
  const shared = { xLabel: t("epochsAxis"), theme: `${lookOfPage.value} ${language.value}` };
  return (
    <section class="card" aria-labelledby="curves-title">
      <h3 id="curves-title">{t("curves")}</h3>
      <div class="charts">
        <figure>
          <figcaption>{t("loss")}</figcaption>
          <Chart label={t("loss")} curves={losses} format={figure} {...shared} />
        </figure>
        <figure>
          <figcaption>{t("accuracy")}</figcaption>
          <Chart label={t("accuracy")} curves={accuracies} format={percent} {...shared} />
        </figure>
        <figure>
          <figcaption>{t("learningRate")}</figcaption>
          <Chart label={t("learningRate")} curves={rates} format={figure} {...shared} />
        </figure>
      </div>
    </section>
  );
}

function stepCurve({ steps, facts }: RunModel, name: string) {
  const perEpoch = Math.max(1, facts?.stepsPerEpoch ?? 1);
  return { x: steps.steps.map((step) => step / perEpoch), column: steps.columns.get(name) ?? [] };
}

function epochCurve({ epochs }: RunModel, value: (row: RunModel["epochs"][number]) => number | null) {
  return { x: epochs.map(({ epoch }) => epoch), y: epochs.map(value) };
}

/** An exponential average without the pull of its start: `s = Σ (1 − a)^k x / Σ (1 − a)^k`. */
function smoothed(values: readonly (number | null)[]): (number | null)[] {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    sum = sum * (1 - newest) + value;
    weight = weight * (1 - newest) + 1;
    return sum / weight;
  });
}
