// What is asked of Grad-CAM and occlusion, how far they are, and what their colours mean.
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Explanation } from "../compute/protocol.ts";
import { figure } from "../format.ts";
import { scaleOfPage } from "./colours.ts";
import {
  explainProblem,
  giveUp,
  layer,
  type Method,
  method,
  methods,
  patch,
  progress,
  stride,
  target,
  watchExplanations,
} from "./explaining.ts";
import { nameOf } from "./layers.tsx";
import { facts } from "./modelChoice.ts";
import { explanation, opacity } from "./overlay.ts";
import { largest } from "./scale.ts";
import { type Key, t } from "./texts.ts";

const methodTexts: Readonly<Record<Method, Key>> = {
  none: "explainNone",
  gradCam: "gradCam",
  occlusion: "occlusion",
};

/** The choices. */
export function Explain() {
  useEffect(watchExplanations, []);
  const known = facts.value;
  if (!known) return null;
  const layers = known.steps.filter(
    ({ isLayer, shape }) => isLayer && shape.length === 3 && shape[1]! * shape[2]! > 1,
  );
  return (
    <section class="card explain" aria-labelledby="explain-title">
      <h3 id="explain-title">{t("explain")}</h3>
      <div class="asked">
        <label>
          <span>{t("method")}</span>
          <select
            value={method.value}
            onChange={({ currentTarget }) => {
              method.value = methods.find((one) => one === currentTarget.value) ?? "none";
            }}
          >
            {methods.map((one) => (
              <option key={one} value={one}>
                {t(methodTexts[one])}
              </option>
            ))}
          </select>
        </label>
        {method.value !== "none" && (
          <label>
            <span>{t("ofClass")}</span>
            <select
              value={target.value ?? ""}
              onChange={({ currentTarget }) => {
                target.value = currentTarget.value === "" ? null : Number(currentTarget.value);
              }}
            >
              <option value="">{t("likeliestClass")}</option>
              {known.classes.map((name, i) => (
                <option key={`${i} ${name}`} value={i}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        {method.value === "gradCam" && (
          <label>
            <span>{t("layer")}</span>
            <select
              value={layer.value}
              onChange={({ currentTarget }) => {
                layer.value = currentTarget.value;
              }}
            >
              <option value="">{t("lastLayer")}</option>
              {layers.map((one, i) => (
                <option key={`${i} ${one.path}`} value={one.path}>
                  {nameOf(one)}
                </option>
              ))}
            </select>
          </label>
        )}
        {method.value === "occlusion" && (
          <>
            <Pixels name={t("patch")} value={patch} />
            <Pixels name={t("strideOf")} value={stride} />
          </>
        )}
        {method.value !== "none" && (
          <label>
            <span>{t("opacity")}</span>
            <input
              type="range"
              min={0}
              max={1}
              step={0.05}
              value={opacity.value}
              onInput={({ currentTarget }) => {
                opacity.value = Number(currentTarget.value);
              }}
            />
          </label>
        )}
      </div>
      <Found />
    </section>
  );
}

function Pixels({ name, value }: { name: string; value: typeof patch }) {
  return (
    <label>
      <span>{name}</span>
      <input
        type="number"
        min={1}
        placeholder={t("automatic")}
        value={value.value ?? ""}
        onChange={({ currentTarget }) => {
          const asked = Math.round(Number(currentTarget.value));
          value.value = asked >= 1 ? asked : null;
        }}
      />
    </label>
  );
}

function Found() {
  if (explainProblem.value)
    return (
      <p class="problem" role="alert">
        {explainProblem.value}
      </p>
    );
  const found = explanation.value;
  return (
    <>
      {progress.value !== null && (
        <p class="row">
          <progress max={1} value={progress.value} aria-label={t("computing")} />
          <button type="button" onClick={giveUp}>
            {t("cancel")}
          </button>
        </p>
      )}
      {found && (
        <>
          <Legend limit={limitOf(found)} />
          <p class="soft" data-explained={found.kind}>
            {found.kind === "gradCam"
              ? t("gradCamFound", {
                  layer: found.layer,
                  name: className(found.target),
                  limit: limitOf(found),
                })
              : t("occlusionFound", {
                  ...{ name: className(found.target), size: found.size, stride: found.stride },
                  limit: limitOf(found),
                })}
          </p>
        </>
      )}
    </>
  );
}

/** What full colour stands for: units of the score, or points of the probability. */
function limitOf({ kind, map }: Explanation): string {
  return figure((kind === "occlusion" ? 100 : 1) * largest(map.data), 3);
}

/** What the colours mean: from the largest size below 0 to that above. */
function Legend({ limit }: { limit: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(
    () =>
      effect(() => {
        const scale = scaleOfPage.value;
        const image = new ImageData(scale.length, 1);
        new Uint32Array(image.data.buffer).set(scale);
        canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
      }),
    [],
  );
  return (
    <p class="legend soft" aria-hidden="true">
      −{limit} <canvas ref={canvas} width={scaleOfPage.peek().length} height={1} /> +{limit}
    </p>
  );
}

function className(index: number): string {
  return facts.value?.classes[index] ?? String(index);
}
