// How the weights and gradients of each layer are spread, an epoch behind the other: read when it is opened, and after each epoch from then on.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { HistogramRow, LayerHistograms } from "../../src/studio/shared/protocol.ts";
import { coloursOf } from "../colours.ts";
import { figure } from "../format.ts";
import { loadHistograms } from "../runs/api.ts";
import { modelOf, type ShownRun } from "../runs/runStore.ts";
import { lookOfPage } from "../theme.ts";
import { t } from "./texts.ts";

const kinds = ["weights", "gradients"] as const;
const [width, height] = [300, 170];
/** Room for the numbers below. */
const foot = 18;
/** Share of the height that the highest bar of a row may take; the rest is for the rows behind it. */
const tallest = 0.45;

/** The section, closed at first. */
export function Histograms({ run }: { run: ShownRun }) {
  const isOpen = useSignal(false);
  const kind = useSignal<(typeof kinds)[number]>("weights");
  const layers = useSignal<readonly LayerHistograms[] | null>(null);
  const error = useSignal("");
  const epochs = modelOf(run)?.epochs.length ?? 0;
  useEffect(() => {
    if (!isOpen.value) return;
    loadHistograms(run.id).then(
      (loaded) => {
        layers.value = loaded;
        error.value = "";
      },
      (problem: unknown) => {
        error.value = problem instanceof Error ? problem.message : String(problem);
      },
    );
  }, [run.id, isOpen.value, epochs]);
  if (epochs === 0) return null;
  const shown = (layers.value ?? []).filter(({ kind: own, rows }) => own === kind.value && rows.length > 0);
  return (
    <details
      class="card histograms"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{t("histograms")}</summary>
      <p class="soft">{t("histogramsHelp")}</p>
      <fieldset class="row">
        <legend class="hidden">{t("histograms")}</legend>
        {kinds.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="histogram-kind"
              checked={kind.value === one}
              onChange={() => {
                kind.value = one;
              }}
            />{" "}
            {t(one)}
          </label>
        ))}
      </fieldset>
      {error.value !== "" && (
        <p class="problem" role="alert">
          {error.value}
        </p>
      )}
      {layers.value !== null && shown.length === 0 && <p class="soft">{t("noHistograms")}</p>}
      <div class="ridges">
        {shown.map(({ name, rows }) => (
          <Ridges key={name} name={name} rows={rows} />
        ))}
      </div>
    </details>
  );
}

/** The rows of one parameter, the newest in front. */
function Ridges({ name, rows }: { name: string; rows: readonly HistogramRow[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const look = lookOfPage.value;
  const low = Math.min(...rows.map(({ min }) => min));
  const high = Math.max(...rows.map(({ max }) => max));
  useEffect(() => draw(canvas.current!, rows, low, high), [rows, look]);
  const range = { low: figure(low, 2), high: figure(high, 2) };
  return (
    <figure>
      <figcaption>
        <code>{name}</code>
      </figcaption>
      <canvas ref={canvas} role="img" aria-label={t("histogramOf", { name, count: rows.length, ...range })} />
    </figure>
  );
}

function draw(canvas: HTMLCanvasElement, rows: readonly HistogramRow[], low: number, high: number): void {
  const scale = devicePixelRatio;
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  const colour = coloursOf(canvas);
  const floor = height - foot;
  const step = rows.length > 1 ? (floor * (1 - tallest)) / (rows.length - 1) : 0;
  const across = (value: number) => (high > low ? ((value - low) / (high - low)) * width : width / 2);
  // Each row has the same area, as it has the same number of values; the highest of all bars gives the scale.
  const densities = rows.map(({ min, max, counts }) => {
    const bucket = Math.max((max - min) / counts.length, (high - low) / 1000);
    return counts.map((count) => count / (bucket || 1));
  });
  const top = Math.max(...densities.flat());
  rows.forEach(({ min, max }, i) => {
    const base = floor - step * (rows.length - 1 - i);
    const row = densities[i]!;
    const bucket = (max - min) / row.length;
    context.beginPath();
    context.moveTo(across(min), base);
    row.forEach((density, j) => {
      const y = base - (density / top) * floor * tallest;
      context.lineTo(across(min + j * bucket), y);
      context.lineTo(across(min + (j + 1) * bucket), y);
    });
    context.lineTo(across(max), base);
    context.closePath();
    context.fillStyle = colour("card");
    context.fill();
    context.fillStyle = colour("c0", 0.2 + (0.6 * (i + 1)) / rows.length);
    context.fill();
    context.strokeStyle = colour("card");
    context.lineWidth = 0.75;
    context.stroke();
  });
  context.fillStyle = colour("soft");
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "bottom";
  context.fillText(figure(low, 2), 0, height);
  context.textAlign = "right";
  context.fillText(figure(high, 2), width, height);
  if (low < 0 && high > 0) {
    context.textAlign = "center";
    context.fillText("0", across(0), height);
    context.fillRect(across(0), floor, 1, 4);
  }
}
