// A square to draw on with mouse, pen or finger. Every event is drawn, and run through the network.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { asDigit, isDigit, show, source } from "./look.ts";
import { type Area, Raster } from "./raster.ts";
import { t } from "./texts.ts";

/** Pixels of the drawing, which is shown as large. */
const size = 280;
const thinnest = 4;
const thickest = 24;

const raster = new Raster(size);
/** Radius of the brush, in pixels. */
const radius = signal(11);
/** Runs the drawing as it is now. */
function showDrawing(since?: number): void {
  const drawing = {
    kind: "drawing",
    width: size,
    height: size,
    data: raster.data.slice(),
    asDigit: isDigit(),
  } as const;
  void show(drawing, since);
}

/** The square with its tools. */
export function DrawPad() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    paint(element, { left: 0, top: 0, width: size, height: size });
    return strokesOf(element);
  }, []);
  useEffect(() => {
    // An empty drawing is something to run, too: what the network makes of nothing.
    if (source.value === null) showDrawing();
  }, []);
  return (
    <div class="draw">
      <canvas ref={canvas} class="pad" width={size} height={size} role="img" aria-label={t("padLabel")} />
      <div class="row">
        <label>
          {t("brush")}{" "}
          <input
            type="range"
            min={thinnest}
            max={thickest}
            value={radius.value}
            onInput={({ currentTarget }) => {
              radius.value = Number(currentTarget.value);
            }}
          />
        </label>
        <button
          type="button"
          onClick={() => {
            raster.clear();
            paint(canvas.current!, { left: 0, top: 0, width: size, height: size });
            showDrawing();
          }}
        >
          {t("clear")}
        </button>
      </div>
      <label class="tick">
        <input
          type="checkbox"
          checked={isDigit()}
          onChange={({ currentTarget }) => {
            asDigit.value = currentTarget.checked;
            showDrawing();
          }}
        />{" "}
        {t("asDigit")}
      </label>
    </div>
  );
}

/** Listens to pointers until it is told to stop. */
function strokesOf(element: HTMLCanvasElement): () => void {
  let last: readonly [number, number] | null = null;
  const placeOf = ({ clientX, clientY }: PointerEvent): readonly [number, number] => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [((clientX - left) / width) * size, ((clientY - top) / height) * size];
  };
  const draw = (event: PointerEvent) => {
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length > 0 ? events : [event]) {
      const place = placeOf(one);
      const area = raster.stroke(last ?? place, place, radius.value);
      last = place;
      if (area) paint(element, area);
    }
    showDrawing(event.timeStamp);
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    last = null;
    draw(event);
  };
  const move = (event: PointerEvent) => {
    if (last) draw(event);
  };
  const up = () => {
    last = null;
  };
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"] as const) element.addEventListener(name, up);
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"] as const) element.removeEventListener(name, up);
  };
}

function paint(element: HTMLCanvasElement, { left, top, width, height }: Area): void {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels[y * width + x] = 0xff000000 | (raster.data[(top + y) * size + left + x]! * 0x010101);
    }
  }
  element.getContext("2d")!.putImageData(image, left, top);
}
