// The maps of one step on a canvas that draws itself whenever the step gives something new, and whose numbers can be pointed at.
import { effect, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { figure } from "../format.ts";
import { scaleOfPage } from "./colours.ts";
import { focus, isPinned, point, values } from "./look.ts";
import { cellOf, cornerOf, type MapLayout, mapLayout, numberAt, placeOf } from "./mapLayout.ts";
import { paintMaps, type ScaleBy } from "./paintMaps.ts";
import { t } from "./texts.ts";

/** What full colour stands for. */
export const scaleBy = signal<ScaleBy>("step");

/** Keys mean something of its own here, which readers of screens are told. */
const role = { role: "application" } as const;

interface MapsProps {
  readonly step: number;
  readonly shape: readonly number[];
  /** Pixels that there are for it. */
  readonly room: number;
  readonly label: string;
  /** Told the largest size among the numbers, as text. */
  readonly onLimit: (limit: string) => void;
}

/** The canvas, with a frame around the number in focus. */
export function MapsCanvas({ step, shape, room, label, onLimit }: MapsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const layout = useMemo(() => mapLayout(shape, room), [shape, room]);
  useEffect(() => drawing(canvas.current!, layout, step, onLimit), [layout, step]);
  useEffect(() => framing(frame.current!, layout, step, shape), [layout, step]);
  const cellUnder = (event: PointerEvent) => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    const found = numberAt(layout, event.clientX - left, event.clientY - top);
    return found && cellOf(shape, ...found);
  };
  return (
    <div class="maps">
      <canvas
        ref={canvas}
        width={layout.width}
        height={layout.height}
        tabIndex={0}
        {...role}
        aria-label={label}
        data-step={step}
        onPointerMove={(event) => {
          const cell = isPinned.value ? null : cellUnder(event);
          if (cell && !isAt(step, cell)) point({ step, cell });
        }}
        onPointerDown={(event) => {
          const cell = cellUnder(event);
          if (!cell) return;
          isPinned.value = !(isPinned.value && isAt(step, cell));
          point({ step, cell });
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            isPinned.value = false;
            point(null);
            return;
          }
          const cell = afterKey(
            event.key,
            layout,
            shape,
            focus.value?.step === step ? focus.value.cell : null,
          );
          if (!cell) return;
          event.preventDefault();
          isPinned.value = true;
          point({ step, cell });
        }}
      />
      <div class="frame" ref={frame} hidden />
    </div>
  );
}

function isAt(step: number, cell: readonly number[]): boolean {
  return focus.value?.step === step && focus.value.cell.join() === cell.join();
}

/** Draws until it is told to stop. */
function drawing(
  element: HTMLCanvasElement,
  layout: MapLayout,
  step: number,
  onLimit: (limit: string) => void,
): () => void {
  const context = element.getContext("2d")!;
  const image = new ImageData(layout.width, layout.height);
  const pixels = new Uint32Array(image.data.buffer);
  return effect(() => {
    const given = values.value[step]?.value;
    const [scale, by] = [scaleOfPage.value, scaleBy.value];
    element.dataset.drawn = given ? "true" : "false";
    if (!given) {
      context.clearRect(0, 0, layout.width, layout.height);
      onLimit("");
      return;
    }
    const limit = paintMaps(pixels, layout, given.data, scale, by);
    context.putImageData(image, 0, 0);
    onLimit(by === "step" ? t("fullColour", { limit: figure(limit, 3) }) : t("fullColourEach"));
  });
}

/** Keeps the frame at the number in focus. */
function framing(
  element: HTMLElement,
  layout: MapLayout,
  step: number,
  shape: readonly number[],
): () => void {
  return effect(() => {
    const at = focus.value;
    element.hidden = at?.step !== step;
    if (at?.step !== step) return;
    const [map, row, column] = placeOf(shape, at.cell);
    const [left, top] = cornerOf(layout, map);
    const { style } = element;
    style.left = `${left + column * layout.scale}px`;
    style.top = `${top + row * layout.scale}px`;
    style.width = style.height = `${layout.scale}px`;
  });
}

/** Where a key moves the focus: arrows within a map, and on to the next where it ends; Page Up and Down from map to map. Null for other keys. */
export function afterKey(
  key: string,
  layout: MapLayout,
  shape: readonly number[],
  cell: readonly number[] | null,
): number[] | null {
  const moves: Readonly<Record<string, readonly [map: number, row: number, column: number]>> = {
    ArrowLeft: [0, 0, -1],
    ArrowRight: [0, 0, 1],
    ArrowUp: [0, -1, 0],
    ArrowDown: [0, 1, 0],
    PageUp: [-1, 0, 0],
    PageDown: [1, 0, 0],
  };
  const move = moves[key];
  if (!move) return key === "Enter" || key === " " ? (cell ? [...cell] : cellOf(shape, 0, 0, 0)) : null;
  if (!cell) return cellOf(shape, 0, 0, 0);
  const { maps, rows, columns, across } = layout;
  let [map, row, column] = placeOf(shape, cell);
  if (rows * columns === 1) map += move[0] + move[2] + move[1] * across;
  else {
    map += move[0];
    row += move[1];
    column += move[2];
    if (column < 0 || column >= columns) {
      map += Math.sign(move[2]);
      column = column < 0 ? columns - 1 : 0;
    }
  }
  const isInside = map >= 0 && map < maps && row >= 0 && row < rows;
  return isInside ? cellOf(shape, map, row, column) : [...cell];
}
