// Feature space in the plane: the tools, the points, and the legend of their classes.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { count, percent } from "../format.ts";
import { lookOfPage } from "../theme.ts";
import { countOf, evenRows, isWrong, type Outcome } from "./outcome.ts";
import { classColours } from "./projection/colours.ts";
import {
  isProjecting,
  plane,
  projectionProblem,
  startProjection,
  stopProjection,
} from "./projection/projecting.ts";
import { type Method, methods } from "./projection/protocol.ts";
import { Scatter } from "./projection/scatter.tsx";
import { t } from "./texts.ts";

/** Points that t-SNE begins with, at most. */
const fewPoints = 2500;
/** Classes that a legend names. */
const mostNamed = 30;

/** The card. */
export function Projection({ outcome }: { outcome: Outcome }) {
  const method = useSignal<Method>("pca");
  const takesAll = useSignal(false);
  const onlyMistakes = useSignal(false);
  const n = countOf(outcome);
  const rows = useMemo(
    () => evenRows(outcome, method.value === "pca" || takesAll.value ? n : fewPoints),
    [outcome, method.value, takesAll.value],
  );
  const start = () => startProjection(method.value, outcome.found.features, rows);
  useEffect(() => {
    start();
    return stopProjection;
  }, [outcome, method.value, rows]);
  const now = plane.value;
  const isCurrent = now !== null && now.rows === rows && now.method === method.value;
  const colours = classColours(outcome.held.classes.length, lookOfPage.value);
  return (
    <section class="card projection" aria-labelledby="projection-title">
      <h3 id="projection-title">{t("projection")}</h3>
      <p class="soft">{t("projectionHelp")}</p>
      <div class="row">
        <fieldset class="ways">
          <legend class="hidden">{t("method")}</legend>
          {methods.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={method.value === one}
              onClick={() => {
                method.value = one;
              }}
            >
              {t(one)}
            </button>
          ))}
        </fieldset>
        {method.value === "tsne" && (
          <button type="button" onClick={isProjecting.value ? stopProjection : start}>
            {t(isProjecting.value ? "pause" : "goOn")}
          </button>
        )}
        {method.value === "tsne" && n > fewPoints && (
          <button
            type="button"
            onClick={() => {
              takesAll.value = !takesAll.value;
            }}
          >
            {takesAll.value ? t("fewerPoints") : t("allPoints", { count: count(n) })}
          </button>
        )}
        <label>
          <input
            type="checkbox"
            checked={onlyMistakes.value}
            onChange={({ currentTarget }) => {
              onlyMistakes.value = currentTarget.checked;
            }}
          />{" "}
          {t("onlyMistakes")}
        </label>
        <span class="soft" role="status">
          {isCurrent
            ? now.variance === null
              ? t("step", { done: count(now.done), all: count(now.total) })
              : t("variance", { percent: percent(now.variance) })
            : isProjecting.value
              ? t("preparing")
              : ""}
          {rows.length < n && ` · ${t("sample", { count: count(rows.length), all: count(n) })}`}
        </span>
      </div>
      {projectionProblem.value && (
        <p class="problem" role="alert">
          {t("failed", { reason: projectionProblem.value })}
        </p>
      )}
      <Scatter
        outcome={outcome}
        plane={isCurrent ? now : null}
        colours={colours}
        isHidden={(row) => onlyMistakes.value && !isWrong(outcome, row)}
      />
      <Legend classes={outcome.held.classes} colours={colours} />
      {method.value === "tsne" && <p class="hint">{t("tsneHelp")}</p>}
    </section>
  );
}

function Legend({ classes, colours }: { classes: readonly string[]; colours: readonly string[] }) {
  if (classes.length > mostNamed) return null;
  return (
    <ul class="legend">
      {classes.map((name, c) => (
        <li key={name}>
          <span class="swatch" style={{ background: colours[c]! }} /> {name}
        </li>
      ))}
    </ul>
  );
}
