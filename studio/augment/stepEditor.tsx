// The steps of an augmentation with sliders for their parameters: taken from a preset, changed, left out, added.
import type { TransformJson } from "../../src/entry/transforms.ts";
import { figure } from "../format.ts";
import { choosePreset, type EditedStep, edited, isPreset, preset, seed, steps } from "./augmentStore.ts";
import { meaningOf } from "./meanings.ts";
import { kinds, type Parameter, valuesOf, withValue } from "./parameters.ts";
import { t } from "./texts.ts";

const mostSeed = 2 ** 32 - 1;

/** The editor. */
export function StepEditor() {
  const answer = preset.value;
  return (
    <form class="steps" aria-label={t("augmentation")} onSubmit={(event) => event.preventDefault()}>
      {answer && (
        <div class="fields">
          <label>
            <span>{t("preset")}</span>
            <select
              value={answer.preset}
              onChange={({ currentTarget }) => void choosePreset(currentTarget.value, answer.size)}
            >
              {answer.presets.map((name) => (
                <option key={name} value={name}>
                  {name === answer.usual ? t("usual", { name }) : name}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>{t("imgsz")}</span>
            <input
              type="number"
              min={4}
              max={512}
              value={answer.size}
              onChange={({ currentTarget }) => {
                if (currentTarget.reportValidity())
                  void choosePreset(answer.preset, Number(currentTarget.value));
              }}
            />
          </label>
          <label>
            <span>{t("seed")}</span>
            <input
              type="number"
              min={0}
              max={mostSeed}
              value={seed.value}
              onChange={({ currentTarget }) => {
                if (currentTarget.reportValidity()) seed.value = Number(currentTarget.value);
              }}
            />
          </label>
        </div>
      )}
      {answer && steps.value.length === 0 && <p class="hint">{t("noSteps")}</p>}
      <ol>
        {steps.value.map((step) => (
          <Step key={step.id} step={step} />
        ))}
      </ol>
      {answer && (
        <div class="row">
          <select
            aria-label={t("add")}
            value=""
            onChange={({ currentTarget }) => {
              const initial = kinds[currentTarget.value]?.initial;
              currentTarget.value = "";
              if (initial) steps.value = [...steps.value, edited(initial)];
            }}
          >
            <option value="">{t("add")}</option>
            {Object.entries(kinds)
              .filter(([, { initial }]) => initial !== null)
              .map(([name]) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </select>
          {!isPreset.value && (
            <button type="button" onClick={() => void choosePreset(answer.preset, answer.size)}>
              {t("reset", { name: answer.preset })}
            </button>
          )}
        </div>
      )}
    </form>
  );
}

function Step({ step }: { step: EditedStep }) {
  const { id, json, isOn } = step;
  const change = (part: Partial<EditedStep>): void => {
    steps.value = steps.value.map((one) => (one.id === id ? { ...one, ...part } : one));
  };
  return (
    <li class={isOn ? "" : "off"}>
      <div class="row">
        <label>
          <input
            type="checkbox"
            checked={isOn}
            onChange={({ currentTarget }) => change({ isOn: currentTarget.checked })}
          />{" "}
          <code>{json.name}</code>
        </label>
        <button
          type="button"
          class="remove"
          aria-label={t("remove", { name: json.name })}
          title={t("remove", { name: json.name })}
          onClick={() => {
            steps.value = steps.value.filter((one) => one.id !== id);
          }}
        >
          ×
        </button>
      </div>
      <p class="hint">{meaningOf(json.name)}</p>
      {isOn &&
        kinds[json.name]?.parameters.map((parameter) => (
          <Slider
            key={parameter.name}
            json={json}
            parameter={parameter}
            onChange={(changed) => change({ json: changed })}
          />
        ))}
    </li>
  );
}

interface SliderProps {
  readonly json: TransformJson;
  readonly parameter: Parameter;
  readonly onChange: (json: TransformJson) => void;
}

function Slider({ json, parameter, onChange }: SliderProps) {
  const { name, least, most, step, manner } = parameter;
  const values = valuesOf(json, parameter);
  const sign = manner === "around" ? "±" : "";
  const ends = values.length > 1 ? [t("from"), t("to")] : [""];
  return (
    <div class="slider">
      <code>{name}</code>
      <output>{values.map((value) => `${sign}${figure(value, 3)}`).join(" … ")}</output>
      {values.map((value, end) => (
        <input
          key={end}
          type="range"
          min={least}
          max={most}
          step={step}
          value={value}
          aria-label={[json.name, name, ends[end]].filter((part) => part !== "").join(" ")}
          onInput={({ currentTarget }) =>
            onChange(withValue(json, parameter, Number(currentTarget.value), end))
          }
        />
      ))}
    </div>
  );
}
