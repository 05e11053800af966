// The model that is looked into: runs with weights, weights of the package, and networks without training.
import { percent } from "../format.ts";
import { choose, chosen, facts, freshModels, modelProblem, models, newer, refsOf } from "./modelChoice.ts";
import { nameOfModel } from "./place.ts";
import { t } from "./texts.ts";

/** A list, and what is known of the chosen one. */
export function ModelChooser() {
  const list = models.value;
  if (!list)
    return <p class={modelProblem.value ? "problem" : "soft"}>{modelProblem.value ?? t("loadingModels")}</p>;
  const refs = new Map(refsOf(list).map((ref) => [nameOfModel(ref), ref]));
  return (
    <div class="chooser">
      <label for="model">{t("model")}</label>
      <select
        id="model"
        value={chosen.value ? nameOfModel(chosen.value) : ""}
        onChange={({ currentTarget }) => {
          const ref = refs.get(currentTarget.value);
          if (ref) void choose(ref);
        }}
      >
        {list.runs.length > 0 && (
          <optgroup label={t("runs")}>
            {list.runs.map(({ id, network, accuracy }) => (
              <option key={id} value={`run:${id}`}>
                {[id, network, accuracy === null ? "" : percent(accuracy)]
                  .filter((text) => text !== "")
                  .join(" · ")}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label={t("packaged")}>
          {list.packaged.map(({ name, accuracy }) => (
            <option key={name} value={`package:${name}`}>
              {name} · {percent(accuracy)}
            </option>
          ))}
        </optgroup>
        <optgroup label={t("untrained")}>
          {freshModels.map((ref) => {
            const name = nameOfModel(ref);
            return (
              <option key={name} value={name}>
                {name.replace("fresh:", "")}
              </option>
            );
          })}
        </optgroup>
      </select>
      <Facts />
      {newer.value && (
        <button type="button" onClick={() => newer.value && void choose(newer.value)}>
          {t("loadNewer")}
        </button>
      )}
    </div>
  );
}

function Facts() {
  const known = facts.value;
  if (modelProblem.value)
    return (
      <p class="problem" role="alert">
        {modelProblem.value}
      </p>
    );
  if (!known) return <p class="soft">{t("loadingModel")}</p>;
  const { network, data, parameters, input, steps } = known;
  return (
    <p class="soft">
      {[
        data === "" ? network : t("modelOn", { network, data }),
        t("parameters", { count: parameters.toLocaleString("en-US") }),
        t("inputSize", { size: input.join(" × ") }),
        t("stepCount", { count: steps.length }),
      ].join(" · ")}
    </p>
  );
}
