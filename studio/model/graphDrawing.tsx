// The graph: frames of open blocks and lines with shapes as SVG, and items as buttons over it.
import type { Finding } from "../../src/studio/shared/networks.ts";
import type { Frame, Item, View } from "./fold.ts";
import { kindOf, lineOf, outputOf, shapeText, signOf, spokenMore, titleOf } from "./labels.ts";
import { type Drawing, layered, type Point } from "./layout.ts";

const box = { width: 176, height: 46 };
const sign = { width: 34, height: 34 };
const gap = { x: 28, y: 48 };
/** Room between a frame and what lies in it. */
const framePadding = 9;
/** Frames around frames reach higher, so that each name has a place of its own, but not as high as the row above. */
const mostAbove = gap.y - 4;

function sizeOf(item: Item) {
  return signOf(item) === null ? box : sign;
}

/** Where everything stands. */
export function drawingOf(view: View): Drawing {
  return layered(
    view.items.map((item) => ({ key: item.key, ...sizeOf(item) })),
    view.links,
    gap,
  );
}

interface DrawnProps {
  readonly view: View;
  /** Items that are drawn: the first of all. */
  readonly drawn: number;
  readonly drawing: Drawing;
  readonly findings: readonly Finding[];
  readonly selected: string | null;
  /** The item that the tabulator key reaches. */
  readonly active: string;
  readonly onSelect: (key: string) => void;
  readonly onFold: (key: string) => void;
  /** `isByKey`: not by the pointer, under which nothing may move before it is released. */
  readonly onFocus: (key: string, isByKey: boolean) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Everything inside the moving layer. */
export function Drawn({ view, drawn, drawing, findings, selected, active, ...acts }: DrawnProps) {
  return (
    <>
      <Lines view={view} drawing={drawing} selected={selected} />
      {view.items.slice(0, drawn).map((item) => (
        <ItemBox
          key={item.key}
          item={item}
          at={drawing.places.get(item.key)!}
          findings={findings.filter(({ layer }) => isIn(item, layer))}
          isSelected={item.key === selected}
          isActive={item.key === active}
          {...acts}
        />
      ))}
    </>
  );
}

function Lines({ view, drawing, selected }: Pick<DrawnProps, "view" | "drawing" | "selected">) {
  return (
    <svg width={drawing.width} height={drawing.height + gap.y} role="presentation">
      {view.frames.map((frame) => (
        <FrameBox key={frame.group.id} frame={frame} view={view} drawing={drawing} />
      ))}
      {view.links.map(({ from, to, shape }, i) => (
        <path
          key={`${from} ${to} ${shape.join()}`}
          class={from === selected || to === selected ? "line chosen" : "line"}
          d={curve(drawing.ways[i]!)}
        />
      ))}
      {labelsOf(view, drawing).map(({ key, x, y, text }) => (
        <text key={key} class="shape" x={x} y={y}>
          {text}
        </text>
      ))}
    </svg>
  );
}

/** Whether a finding belongs to an item: at its layer, or inside of a folded block. */
export function isIn({ group, members }: Item, layer: string): boolean {
  if (layer === "") return false;
  if (group) return layer === group.path || layer.startsWith(`${group.path}.`);
  return members[0]!.isLayer && members[0]!.path === layer;
}

interface ItemBoxProps extends Pick<DrawnProps, "onSelect" | "onFold" | "onFocus" | "onKeyDown"> {
  readonly item: Item;
  readonly at: Point;
  readonly findings: readonly Finding[];
  readonly isSelected: boolean;
  readonly isActive: boolean;
}

function ItemBox({ item, at, findings, isSelected, isActive, ...acts }: ItemBoxProps) {
  const { onSelect, onFold, onFocus, onKeyDown } = acts;
  const { width, height } = sizeOf(item);
  const mark = signOf(item);
  const worst = findings[0]?.severity;
  const classes = ["item", `kind-${kindOf(item)}`, mark === null ? "" : "sign", item.group ? "block" : ""];
  return (
    <button
      type="button"
      tabIndex={isActive ? 0 : -1}
      data-key={item.key}
      aria-pressed={isSelected}
      class={classes.join(" ")}
      style={{
        left: `${at.x - width / 2}px`,
        top: `${at.y - height / 2}px`,
        width: `${width}px`,
        height: `${height}px`,
      }}
      onClick={() => onSelect(item.key)}
      onFocus={({ currentTarget }) => onFocus(item.key, currentTarget.matches(":focus-visible"))}
      onDblClick={() => onFold(item.key)}
      onKeyDown={onKeyDown}
    >
      {mark ?? (
        <>
          <span class="title">{titleOf(item)}</span>
          <span class="sub">{lineOf(item)}</span>
        </>
      )}
      {worst && (
        <span class={`mark ${worst}`}>
          {findings.length > 1 ? findings.length : worst === "note" ? "i" : "!"}
        </span>
      )}
      <span class="hidden">{spokenMore(item, findings.length)}</span>
    </button>
  );
}

/** An open block's frame, where nothing else lies within it. */
function FrameBox({ frame, view, drawing }: { frame: Frame; view: View; drawing: Drawing }) {
  const rim = rimOf(view, drawing, (key) => frame.keys.has(key));
  if (!rim || frame.keys.size < 2) return null;
  const [beside, above] = [framePadding + 4 * frame.level, Math.min(mostAbove, 17 + 13 * frame.level)];
  const [left, top] = [rim.left - beside, rim.top - above];
  const [width, height] = [rim.right - left + beside, rim.bottom - top + framePadding];
  const others = view.items.some((item) => {
    if (frame.keys.has(item.key)) return false;
    const { x, y } = drawing.places.get(item.key)!;
    const size = sizeOf(item);
    return (
      x + size.width / 2 > left &&
      x - size.width / 2 < left + width &&
      y + size.height / 2 > top &&
      y - size.height / 2 < top + height
    );
  });
  if (others) return null;
  return (
    <g class="frame">
      <rect x={left} y={top} width={width} height={height} rx="10" />
      <text x={left + 8} y={top + 12}>
        {`${frame.group.path} ${frame.group.name}`}
      </text>
    </g>
  );
}

function rimOf(view: View, { places }: Drawing, isMember: (key: string) => boolean) {
  const members = view.items.filter(({ key }) => isMember(key));
  if (members.length === 0) return null;
  const sides = members.map((item) => {
    const [{ x, y }, { width, height }] = [places.get(item.key)!, sizeOf(item)];
    return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
  });
  return {
    left: Math.min(...sides.map(({ left }) => left)),
    right: Math.max(...sides.map(({ right }) => right)),
    top: Math.min(...sides.map(({ top }) => top)),
    bottom: Math.max(...sides.map(({ bottom }) => bottom)),
  };
}

/** A shape below each item for each shape that goes out of it, and below the last its output. */
function labelsOf({ items, links }: View, drawing: Drawing) {
  return items.flatMap((item) => {
    const given = links.flatMap(({ from, shape }) => (from === item.key ? [shapeText(shape)] : []));
    const shapes = given.length > 0 ? [...new Set(given)] : [shapeText(outputOf(item))];
    const { x, y } = drawing.places.get(item.key)!;
    return [{ key: item.key, x: x + 7, y: y + sizeOf(item).height / 2 + 15, text: shapes.join(", ") }];
  });
}

/** A way as a smooth line that leaves and enters straight down. */
function curve([first, ...rest]: readonly Point[]): string {
  let { x, y } = first!;
  let path = `M${x} ${y}`;
  for (const next of rest) {
    const middle = (y + next.y) / 2;
    path += x === next.x ? `V${next.y}` : `C${x} ${middle} ${next.x} ${middle} ${next.x} ${next.y}`;
    ({ x, y } = next);
  }
  return path;
}
