// The graph of a network: moved and enlarged by mouse and keys, each item a button.
import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { NetworkDescription } from "../../src/studio/shared/networks.ts";
import { allGroups, foldedAtFirst, type View } from "./fold.ts";
import { Drawn, drawingOf } from "./graphDrawing.tsx";
import { neighbour } from "./steps.ts";
import { t } from "./texts.ts";

interface GraphViewProps {
  readonly network: NetworkDescription;
  readonly view: View;
  readonly folded: ReadonlySet<number>;
  readonly selected: string | null;
  readonly onSelect: (key: string) => void;
  readonly onFold: (folded: ReadonlySet<number>) => void;
}

/** Where the drawing is: screen = k · drawing + (x, y). */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

const scales = { least: 0.08, most: 3, first: 1 };
const zoomStep = 1.25;
/** Items that are drawn in one frame. */
const itemsAtOnce = 40;
const margin = 24;
/** How far arrow keys with Shift move the drawing, in pixels. */
const panStep = 80;

/** The graph with its tools. */
export function GraphView({ network, view, folded, selected, onSelect, onFold }: GraphViewProps) {
  const { graph, model } = network;
  const area = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const place = useRef<Place>({ x: margin, y: margin, k: scales.first });
  const focused = useSignal<string | null>(null);
  const drawing = useMemo(() => drawingOf(view), [view]);
  const drawn = useGrowing(view);
  const active = view.items.some(({ key }) => key === focused.value)
    ? focused.value!
    : (selected ?? view.items[0]!.key);

  const move = useCallback((next: Place) => {
    place.current = next;
    if (layer.current) layer.current.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.k})`;
  }, []);
  const zoom = (factor: number, at?: { x: number; y: number }) => {
    const { width, height } = area.current!.getBoundingClientRect();
    const { x, y, k } = place.current;
    const next = Math.min(scales.most, Math.max(scales.least, k * factor));
    const [cx, cy] = [at?.x ?? width / 2, at?.y ?? height / 2];
    move({ k: next, x: cx - ((cx - x) * next) / k, y: cy - ((cy - y) * next) / k });
  };
  /** The whole drawing, or its beginning in full size. */
  const show = (all: boolean) => {
    const { width, height } = area.current!.getBoundingClientRect();
    const fits = Math.min((width - 2 * margin) / drawing.width, (height - 2 * margin) / drawing.height);
    const k = Math.min(scales.first, Math.max(scales.least, all ? fits : Math.max(fits, 0.9)));
    const y = drawing.height * k < height ? (height - drawing.height * k) / 2 : margin;
    move({ k, x: (width - drawing.width * k) / 2, y });
  };
  const reveal = (key: string) => {
    const point = drawing.places.get(key);
    if (!point || !area.current) return;
    const { width, height } = area.current.getBoundingClientRect();
    const { x, y, k } = place.current;
    const [sx, sy] = [point.x * k + x, point.y * k + y];
    const isIn = sx > 90 && sx < width - 90 && sy > 50 && sy < height - 50;
    if (!isIn) move({ k, x: width / 2 - point.x * k, y: height / 2 - point.y * k });
  };
  useLayoutEffect(() => show(false), [graph]);
  useLayoutEffect(() => {
    // What is narrower than its place stays in the middle, also when blocks are opened and folded.
    const { width } = area.current!.getBoundingClientRect();
    const { y, k } = place.current;
    if (drawing.width * k < width) move({ k, y, x: (width - drawing.width * k) / 2 });
  }, [drawing]);
  useLayoutEffect(() => {
    if (selected) reveal(selected);
  }, [selected, drawing]);

  const focus = (key: string) => {
    focused.value = key;
    reveal(key);
    // The new item can take the focus once it is drawn as the one that may.
    queueMicrotask(() =>
      area.current?.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus({ preventScroll: true }),
    );
  };
  const foldAt = (key: string) => {
    const item = view.items.find((one) => one.key === key);
    if (!item) return;
    const next = new Set(folded);
    const group = item.group?.id ?? item.members[0]!.group;
    if (item.group) next.delete(item.group.id);
    else if (group !== null && graph.groups[group]!.parent !== null) next.add(group);
    onFold(next);
    focused.value = null;
  };
  const onKeyDown = useRef((_: KeyboardEvent) => {});
  onKeyDown.current = (event) => {
    const arrows = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" } as const;
    const way = arrows[event.key as keyof typeof arrows];
    const { x, y, k } = place.current;
    const shift = {
      up: [0, panStep],
      down: [0, -panStep],
      left: [panStep, 0],
      right: [-panStep, 0],
    } as const;
    if (way && event.shiftKey) move({ k, x: x + shift[way][0], y: y + shift[way][1] });
    else if (way) focus(neighbour(view, drawing, active, way));
    else if (event.key === "Enter" || event.key === " ") onSelect(active);
    else if (event.key === "f" || event.key === "F") foldAt(active);
    else if (event.key === "+" || event.key === "=") zoom(zoomStep);
    else if (event.key === "-") zoom(1 / zoomStep);
    else if (event.key === "0") show(true);
    else return;
    event.preventDefault();
  };
  usePointer(area, place, move, zoom);
  const inner = useMemo(
    () => (
      <Drawn
        view={view}
        drawn={drawn}
        drawing={drawing}
        findings={network.findings}
        selected={selected}
        active={active}
        onSelect={onSelect}
        onFocus={(key, isByKey) => {
          focused.value = key;
          if (isByKey) reveal(key);
        }}
        onFold={foldAt}
        onKeyDown={(event) => onKeyDown.current(event)}
      />
    ),
    [view, drawn, drawing, network, selected, active, t("model")],
  );
  return (
    <>
      <div class="row graphTools">
        <button type="button" onClick={() => onFold(allGroups(graph))}>
          {t("foldAll")}
        </button>
        <button type="button" onClick={() => onFold(foldedAtFirst(graph))}>
          {t("foldSome")}
        </button>
        <button type="button" onClick={() => onFold(new Set())}>
          {t("unfoldAll")}
        </button>
        <span class="spacer" />
        <button
          type="button"
          aria-label={t("zoomOut")}
          title={t("zoomOut")}
          onClick={() => zoom(1 / zoomStep)}
        >
          −
        </button>
        <button type="button" aria-label={t("zoomIn")} title={t("zoomIn")} onClick={() => zoom(zoomStep)}>
          +
        </button>
        <button type="button" onClick={() => show(true)}>
          {t("fit")}
        </button>
      </div>
      <section ref={area} class="graph" aria-label={t("graphOf", { model })} aria-describedby="graph-help">
        <div ref={layer} class="layer">
          {inner}
        </div>
      </section>
      <p id="graph-help" class="hint">
        {t("graphHelp")}
      </p>
    </>
  );
}

/** How many items of a view are drawn: some more with each frame, so that a large network does not hold the page up. */
function useGrowing(view: View): number {
  const state = useSignal({ view, count: itemsAtOnce });
  const count = state.value.view === view ? state.value.count : itemsAtOnce;
  useEffect(() => {
    if (count >= view.items.length) return;
    const frame = requestAnimationFrame(() => {
      state.value = { view, count: count + itemsAtOnce };
    });
    return () => cancelAnimationFrame(frame);
  }, [view, count]);
  return count;
}

/** Dragging moves the drawing, the wheel scrolls it, and with Ctrl enlarges it at the pointer. */
function usePointer(
  element: { readonly current: HTMLElement | null },
  place: { readonly current: Place },
  move: (next: Place) => void,
  zoom: (factor: number, at: { x: number; y: number }) => void,
): void {
  useEffect(() => {
    const area = element.current!;
    const gone = new AbortController();
    const { signal } = gone;
    let last: { x: number; y: number } | null = null;
    area.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const { left, top } = area.getBoundingClientRect();
        const { x, y, k } = place.current;
        if (event.ctrlKey || event.metaKey) {
          zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
        } else move({ k, x: x - event.deltaX, y: y - event.deltaY });
      },
      { passive: false, signal },
    );
    area.addEventListener(
      "pointerdown",
      ({ clientX: x, clientY: y, button }) => {
        if (button === 0) last = { x, y };
      },
      { signal },
    );
    const drag = ({ clientX, clientY, buttons }: PointerEvent) => {
      if (!last || buttons === 0) return;
      const { x, y, k } = place.current;
      move({ k, x: x + clientX - last.x, y: y + clientY - last.y });
      last = { x: clientX, y: clientY };
    };
    addEventListener("pointermove", drag, { signal });
    addEventListener(
      "pointerup",
      () => {
        last = null;
      },
      { signal },
    );
    return () => gone.abort();
  }, [element, place, move]);
}
