// The network's input as it is, with what is laid over it: the field of the unit in focus, its gradient, and the map of an explanation.
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { PictureFacts } from "../compute/models.ts";
import type { UnitSight, Values } from "../compute/protocol.ts";
import { endsOfPage } from "./colours.ts";
import { input, sight } from "./look.ts";
import { facts } from "./modelChoice.ts";
import { explanation, opacity } from "./overlay.ts";
import { largest } from "./scale.ts";
import { t } from "./texts.ts";

/** Side that it is drawn with, as far as whole pixels allow. */
const side = 280;

const showsGradient = signal(true);

/** The picture, and what was done to it. */
export function InputView() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(
    () =>
      effect(() => {
        const picture = input.value;
        const laid = {
          ...{ sight: sight.value, explanation: explanation.value?.map ?? null },
          ...{ opacity: opacity.value, gradient: showsGradient.value, ends: endsOfPage.value },
        };
        if (canvas.current && picture) draw(canvas.current, picture, laid);
      }),
    [],
  );
  const picture = input.value;
  return (
    <section class="card" aria-labelledby="input-title">
      <h3 id="input-title">{t("networkInput")}</h3>
      <canvas ref={canvas} class="input" width={side} height={side} role="img" aria-label={t("inputLabel")} />
      {picture && <p class="soft">{doneTo(picture)}</p>}
      <label class="tick">
        <input
          type="checkbox"
          checked={showsGradient.value}
          onChange={({ currentTarget }) => {
            showsGradient.value = currentTarget.checked;
          }}
        />{" "}
        {t("showGradient")}
      </label>
      <p class="soft">{t("fieldHelp")}</p>
    </section>
  );
}

function doneTo({
  from,
  wasCentred,
  wasInverted,
  transforms,
  width,
  height,
  channels,
}: PictureFacts): string {
  const normalised = transforms.includes("Normalize");
  return [
    t("cameAs", { size: `${from[0]} × ${from[1]}` }),
    ...(wasCentred ? [t("wasCentred")] : []),
    ...(wasInverted ? [t("wasInverted")] : []),
    t("becameInput", { size: `${channels} × ${height} × ${width}`, steps: transforms.join(", ") }),
    ...(normalised ? [t("shownBefore")] : []),
  ].join(" ");
}

interface Laid {
  readonly sight: UnitSight | null;
  readonly explanation: Values | null;
  readonly opacity: number;
  readonly gradient: boolean;
  readonly ends: (typeof endsOfPage)["value"];
}

function draw(element: HTMLCanvasElement, picture: PictureFacts, laid: Laid): void {
  const { width, height, channels, data } = picture;
  const zoom = Math.max(1, Math.floor(side / Math.max(width, height)));
  const [w, h] = [width * zoom, height * zoom];
  if (element.width !== w || element.height !== h) [element.width, element.height] = [w, h];
  const image = new ImageData(width, height);
  const shades = shadesOf(laid, facts.value?.input ?? [], width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      const value = data[i * channels + (channels === 1 ? 0 : c)]!;
      const shade = shades?.[i] ?? 0;
      const end = shade < 0 ? laid.ends.below : laid.ends.above;
      image.data[4 * i + c] = Math.round(value + (end[c]! - value) * Math.abs(shade));
    }
    image.data[4 * i + 3] = 255;
  }
  const context = element.getContext("2d")!;
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d")!.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, w, h);
  if (laid.sight) outline(context, laid.sight, zoom, laid.ends.above);
}

/** For each pixel how much it is tinted, −1 … 1: by the explanation, else by the gradient of the unit in focus. */
function shadesOf(
  { sight, explanation, opacity, gradient }: Laid,
  [channels = 1]: readonly number[],
  width: number,
  height: number,
): Float32Array | null {
  const plane = width * height;
  if (explanation) {
    const limit = largest(explanation.data) || 1;
    return explanation.data.map((value) => (value / limit) * opacity);
  }
  if (!sight || !gradient || sight.gradient.data.length !== channels * plane) return null;
  const { data } = sight.gradient;
  const limit = largest(data) || 1;
  const shades = new Float32Array(plane);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]! / limit;
    if (Math.abs(value) > Math.abs(shades[i % plane]!)) shades[i % plane] = value;
  }
  return shades;
}

/** A frame around what the unit sees; in the padding it is cut off by the picture's edge. */
function outline(
  context: CanvasRenderingContext2D,
  { rows, columns }: UnitSight,
  zoom: number,
  [r, g, b]: readonly [number, number, number],
): void {
  if (!rows || !columns) return;
  const [left, top] = [columns[0] * zoom, rows[0] * zoom];
  const [right, bottom] = [(columns[1] + 1) * zoom, (rows[1] + 1) * zoom];
  const { width, height } = context.canvas;
  const edge = (value: number, most: number) => Math.max(1, Math.min(most - 1, value));
  const [x, y] = [edge(left, width), edge(top, height)];
  for (const [colour, thickness] of [["#000", 4] as const, [`rgb(${r} ${g} ${b})`, 2] as const]) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.strokeRect(x, y, edge(right, width) - x, edge(bottom, height) - y);
  }
}
