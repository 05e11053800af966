// One run in detail, with the curves of others laid over its own.

import { count } from "../format.ts";
import { fileOf } from "../runs/api.ts";
import { modelOf, type ShownRun } from "../runs/runStore.ts";
import { runs as summaries } from "../state.ts";
import { Curves } from "./curves.tsx";
import { EpochTable } from "./epochTable.tsx";
import { Findings } from "./findings.tsx";
import { Hands } from "./hands.tsx";
import { Histograms } from "./histograms.tsx";
import { Layers } from "./layers.tsx";
import { Progress } from "./progress.tsx";
import { statusTexts } from "./runList.tsx";
import { type Key, t } from "./texts.ts";

const captions: Readonly<Record<string, Key>> = {
  "train_batch0.jpg": "firstBatch",
  "confusion_matrix.png": "confusion",
};

/** The run; the first of `runs` is the one that is meant. */
export function RunView({ runs }: { runs: readonly ShownRun[] }) {
  const [run] = runs;
  if (!run) return null;
  const model = modelOf(run);
  const { id, settings, pictures, error } = run;
  if (error !== null) {
    return (
      <p class="problem" role="alert">
        {error}
      </p>
    );
  }
  if (!model) return <p class="soft">{t("loading")}</p>;
  const isLive = summaries.value.find((one) => one.id === id)?.isLive ?? false;
  const { facts, status, message } = model;
  return (
    <article aria-labelledby="run-title">
      <div class="row head">
        <h2 id="run-title">{id}</h2>
        <span class={`status ${status}`}>{t(statusTexts[status])}</span>
        <span class="soft">
          {t("facts", { model: String(settings.model), data: String(settings.data) })}
          {facts &&
            ` · ${t("sizes", {
              train: count(facts.trainSamples),
              val: count(facts.valSamples),
              parameters: count(facts.parameters),
              optimizer: facts.optimizer,
            })}`}
        </span>
      </div>
      {message !== null && message !== "" && (
        <p class="problem" role="alert">
          {message}
        </p>
      )}
      <Hands run={run} isLive={isLive} />
      <Progress run={run} />
      <Curves runs={runs} />
      <Findings run={run} />
      <Layers run={run} />
      <Histograms run={run} />
      <EpochTable epochs={model.epochs} />
      {pictures.length > 0 && (
        <section class="card" aria-labelledby="pictures-title">
          <h3 id="pictures-title">{t("pictures")}</h3>
          <div class="pictures">
            {pictures.map((name) => (
              <figure key={name}>
                <img src={fileOf(id, name)} alt={t(captions[name]!)} loading="lazy" />
                <figcaption>{t(captions[name]!)}</figcaption>
              </figure>
            ))}
          </div>
        </section>
      )}
      <details class="card">
        <summary>{t("settings")}</summary>
        <dl class="settings">
          {Object.entries(settings).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </article>
  );
}
