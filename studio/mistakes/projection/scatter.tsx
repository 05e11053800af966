// The points on a canvas: moved, enlarged, pointed at, chosen by click and lasso.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { percent } from "../../format.ts";
import { Thumbnail } from "../../sets/thumbnail.tsx";
import { isWrong, numberOf, type Outcome, truthOf } from "../outcome.ts";
import { lookedAt, mean, meant } from "../selection.ts";
import { t } from "../texts.ts";
import { drawScatter } from "./drawScatter.ts";
import type { Plane } from "./projecting.ts";
import {
  enlarged,
  pointAt,
  pointsInSight,
  pointsInside,
  type Sight,
  type Spot,
  sightOfAll,
  spotOf,
} from "./scatterModel.ts";

/** Points in sight that are drawn as pictures, at most. */
const mostPictures = 150;
const height = 520;
const zoomStep = 1.4;
const panStep = 60;
/** How near a point the pointer has to come, CSS pixels. */
const reach = 9;

interface ScatterProps {
  readonly outcome: Outcome;
  readonly plane: Plane | null;
  readonly colours: readonly string[];
  readonly isHidden: (row: number) => boolean;
}

/** The canvas with its tools. */
export function Scatter({ outcome, plane, colours, isHidden }: ScatterProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const sight = useRef<Sight | null>(null);
  /** Whether all points are kept in sight as they move. */
  const follows = useRef(true);
  const lasso = useRef<Spot[]>([]);
  /** Points that are shown as pictures. */
  const pictured = useSignal<readonly number[]>([]);
  const isLasso = useSignal(false);
  const hovered = useSignal<number | null>(null);
  const { set } = outcome;

  const size = () => ({ width: canvas.current!.clientWidth, height });
  const draw = () => {
    if (!canvas.current || !plane) return;
    const { points, rows } = plane;
    if (follows.current || !sight.current) sight.current = sightOfAll(points, size());
    const now = meant.peek();
    const chosen = new Set(now.kind === "points" && now.rows.length < rows.length ? now.rows : []);
    const at = lookedAt.peek();
    drawScatter(canvas.current, {
      ...size(),
      ...{ points, colours, sight: sight.current, pictured: new Set(pictured.peek()), lasso: lasso.current },
      marks: {
        truth: Array.from(rows, (row) => truthOf(outcome, row)),
        isWrong: Array.from(rows, (row) => isWrong(outcome, row)),
        isHidden: (i) => isHidden(rows[i]!),
        isChosen: (i) => rows[i] === at || chosen.has(rows[i]!),
      },
    });
  };
  const latest = useRef(draw);
  latest.current = draw;
  /** Pictures in the place of points, where few are in sight. */
  const showPictures = () => {
    if (!canvas.current || !plane || !sight.current || follows.current) return;
    const { points, rows } = plane;
    const seen = pointsInSight(points, sight.current, size()).filter((i) => !isHidden(rows[i]!));
    pictured.value = seen.length > mostPictures ? [] : seen;
    latest.current();
  };
  const pictures = useRef(showPictures);
  pictures.current = showPictures;
  const timer = useRef(0);
  const moved = (next: Sight) => {
    sight.current = next;
    follows.current = false;
    pictured.value = [];
    latest.current();
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => pictures.current(), 150);
  };
  const showAll = () => {
    follows.current = true;
    pictured.value = [];
    latest.current();
  };
  useEffect(draw, [plane, colours.join(), isHidden, meant.value, lookedAt.value]);
  useEffect(() => {
    if (plane && plane.done === plane.total) pictures.current();
  }, [plane, isHidden]);
  useEffect(() => {
    follows.current = true;
    pictured.value = [];
  }, [plane?.method, plane?.rows]);
  useEffect(() => {
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, []);

  const spotOfEvent = (event: MouseEvent): Spot => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const under = (event: MouseEvent) => {
    if (!plane || !sight.current) return null;
    const found = pointAt(plane.points, sight.current, spotOfEvent(event), reach);
    return found === null || isHidden(plane.rows[found]!) ? null : found;
  };
  const start = useRef<{ spot: Spot; sight: Sight; hasMoved: boolean } | null>(null);
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || !sight.current) return;
    canvas.current!.setPointerCapture(event.pointerId);
    start.current = { spot: spotOfEvent(event), sight: sight.current, hasMoved: false };
    lasso.current = isLasso.value ? [spotOfEvent(event)] : [];
  };
  const move = (event: PointerEvent) => {
    const from = start.current;
    if (!from) {
      hovered.value = under(event);
      return;
    }
    const spot = spotOfEvent(event);
    if (Math.hypot(spot.x - from.spot.x, spot.y - from.spot.y) > 4) from.hasMoved = true;
    if (!from.hasMoved) return;
    hovered.value = null;
    if (isLasso.value) {
      lasso.current.push(spot);
      latest.current();
      return;
    }
    const { k, x, y } = from.sight;
    moved({ k, x: x + spot.x - from.spot.x, y: y + spot.y - from.spot.y });
  };
  const up = (event: PointerEvent) => {
    const from = start.current;
    start.current = null;
    if (!from || !plane || !sight.current) return;
    const way = lasso.current;
    lasso.current = [];
    if (isLasso.value && from.hasMoved) choose(pointsInside(plane.points, sight.current, way));
    else if (!from.hasMoved) {
      const found = under(event);
      if (found !== null) mean({ kind: "points", rows: [plane.rows[found]!] });
    }
    latest.current();
  };
  const choose = (points: readonly number[]) => {
    const rows = points.map((i) => plane!.rows[i]!).filter((row) => !isHidden(row));
    if (rows.length > 0) mean({ kind: "points", rows });
  };
  const zoom = (factor: number, at?: Spot) => {
    const { width } = size();
    if (sight.current) moved(enlarged(sight.current, factor, at ?? { x: width / 2, y: height / 2 }));
  };
  useEffect(() => {
    const area = canvas.current!;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 200), spotOfEvent(event));
    };
    area.addEventListener("wheel", wheel, { passive: false });
    return () => area.removeEventListener("wheel", wheel);
  });
  const press = (event: KeyboardEvent) => {
    const ways: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [0, panStep],
      ArrowDown: [0, -panStep],
      ArrowLeft: [panStep, 0],
      ArrowRight: [-panStep, 0],
    };
    const way = ways[event.key];
    if (way && sight.current) {
      const { k, x, y } = sight.current;
      moved({ k, x: x + way[0], y: y + way[1] });
    } else if (event.key === "+" || event.key === "=") zoom(zoomStep);
    else if (event.key === "-") zoom(1 / zoomStep);
    else if (event.key === "0") showAll();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div class="row" role="toolbar" aria-label={t("tool")} onKeyDown={press}>
        <fieldset class="ways">
          <legend class="hidden">{t("tool")}</legend>
          {([false, true] as const).map((one) => (
            <button
              key={String(one)}
              type="button"
              aria-pressed={isLasso.value === one}
              onClick={() => {
                isLasso.value = one;
              }}
            >
              {t(one ? "lasso" : "move")}
            </button>
          ))}
        </fieldset>
        <button type="button" aria-label={t("zoomOut")} onClick={() => zoom(1 / zoomStep)}>
          −
        </button>
        <button type="button" aria-label={t("zoomIn")} onClick={() => zoom(zoomStep)}>
          +
        </button>
        <button type="button" onClick={showAll}>
          {t("fit")}
        </button>
        <button
          type="button"
          onClick={() => plane && sight.current && choose(pointsInSight(plane.points, sight.current, size()))}
        >
          {t("inSight")}
        </button>
        <span class="hint">{t("keys")}</span>
      </div>
      <div class="scatter">
        <canvas
          ref={canvas}
          class={isLasso.value ? "lasso" : ""}
          role="img"
          aria-label={t("drawing", { classes: outcome.held.classes.slice(0, 30).join(", ") })}
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={up}
          onPointerLeave={() => {
            hovered.value = null;
          }}
        />
        {plane && sight.current && (
          <div class="points" aria-hidden="true">
            {pictured.value.map((i) => {
              const { x, y } = spotOf(plane.points, i, sight.current!);
              const row = plane.rows[i]!;
              const style = { left: `${x}px`, top: `${y}px`, borderColor: colours[truthOf(outcome, row)]! };
              return (
                <span key={row} style={style}>
                  <Thumbnail set={set} index={numberOf(outcome, row)} isAlone />
                </span>
              );
            })}
          </div>
        )}
        {hovered.value !== null && plane && sight.current && (
          <Hover
            outcome={outcome}
            row={plane.rows[hovered.value]!}
            at={spotOf(plane.points, hovered.value, sight.current)}
          />
        )}
      </div>
    </>
  );
}

/** The picture under the pointer. */
function Hover({ outcome, row, at }: { outcome: Outcome; row: number; at: Spot }) {
  const { held, found, set } = outcome;
  const [truth, answer] = [truthOf(outcome, row), found.answers[row]!];
  return (
    <div class="hover" style={{ left: `${at.x + 14}px`, top: `${at.y + 14}px` }}>
      <Thumbnail set={set} index={numberOf(outcome, row)} isAlone />
      <span>
        {truth === answer
          ? held.classes[truth]
          : t("pointLine", { truth: held.classes[truth]!, answer: held.classes[answer]! })}{" "}
        {percent(found.confidence[row]!, 0)}
      </span>
    </div>
  );
}
