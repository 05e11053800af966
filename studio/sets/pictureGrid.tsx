// A grid of pictures of a set, of which only the rows in sight are drawn: thousands scroll like a few. Reached by keyboard; any number can be chosen.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { areScattered, between, layoutOf, placeAfter, rowsInSight, spareRows } from "./gridModel.ts";
import { cellRole, gridRole, rowRole } from "./gridRoles.ts";
import { Thumbnail } from "./thumbnail.tsx";
import { spokenName } from "./words.ts";

/** A small sign in the corner of a picture. */
export interface Badge {
  readonly text: string;
  readonly tone: "good" | "error" | "warning" | "note";
}

interface PictureGridProps {
  readonly set: SetAnswer;
  /** Numbers of the pictures that are shown, in their order. */
  readonly indices: ArrayLike<number>;
  /** What the grid shows, for those who can't see it. */
  readonly label: string;
  /** Numbers of the pictures that are chosen. */
  readonly selected: ReadonlySet<number>;
  readonly onSelect: (selected: ReadonlySet<number>) => void;
  /** A picture is asked for in large: by Enter, or a double click. Without it Enter chooses as Space does. */
  readonly onOpen?: (index: number) => void;
  /** The picture that keys move from has become another one. */
  readonly onActive?: (index: number) => void;
  /** The picture that keys move from, where somebody else decides it too; by default the first. */
  readonly current?: number | null;
  /** The line below a picture; by default its class. */
  readonly caption?: (index: number) => string;
  readonly badge?: (index: number) => Badge | null;
  /** More in the place of a picture. */
  readonly mark?: (index: number) => ComponentChildren;
  /** Side of a tile in pixels. */
  readonly tile?: number;
}

const gap = 8;
const captionHeight = 22;

/** The grid; it scrolls in the height of its place. */
export function PictureGrid(props: PictureGridProps) {
  const { set, indices, label, selected, onSelect, onOpen, onActive, current, tile = 112 } = props;
  const place = useRef<HTMLDivElement>(null);
  const own = useId();
  const [sight, setSight] = useState({ width: 0, height: 0, from: 0, to: 0 });
  const [active, setActive] = useState(0);
  const anchor = useRef(0);
  const count = indices.length;
  const at = Math.min(active, Math.max(0, count - 1));
  const layout = layoutOf(count, { width: sight.width, tile, gap, caption: captionHeight });
  const isAlone = useMemo(() => areScattered(indices), [indices]);
  const { columns, rowHeight } = layout;

  const look = (): void => {
    if (!place.current) return;
    const { clientWidth: width, clientHeight: height, scrollTop } = place.current;
    const seen = rowsInSight(
      layoutOf(count, { width, tile, gap, caption: captionHeight }),
      scrollTop,
      height,
    );
    setSight((old) => {
      const isSame =
        old.width === width && old.height === height && old.from === seen.from && old.to === seen.to;
      return isSame ? old : { width, height, ...seen };
    });
  };
  const latest = useRef(look);
  latest.current = look;
  useLayoutEffect(() => latest.current(), [count, tile, set]);
  useEffect(() => {
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);

  const select = (numbers: Iterable<number>) => onSelect(new Set(numbers));
  const toggled = (index: number) => {
    const next = new Set(selected);
    if (!next.delete(index)) next.add(index);
    onSelect(next);
  };
  const moveTo = (to: number, isRange: boolean): void => {
    setActive(to);
    if (isRange) select(between(indices, anchor.current, to));
    else anchor.current = to;
    onActive?.(indices[to]!);
    bringIntoSight(to);
  };
  const bringIntoSight = (to: number): void => {
    const element = place.current!;
    const top = Math.floor(to / columns) * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight;
    } else return;
    // Not with the event that follows: what is active has to be there for those who hear it.
    look();
  };
  useEffect(() => {
    if (current === undefined || current === null || indices[at] === current) return;
    const to = Array.prototype.indexOf.call(indices, current);
    if (to < 0) return;
    setActive(to);
    anchor.current = to;
    bringIntoSight(to);
  }, [current, indices, columns]);
  const press = (event: KeyboardEvent): void => {
    if (count === 0 || event.altKey) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(sight.height / rowHeight));
    const to = isCommand ? null : placeAfter(event.key, at, count, { columns, page });
    if (to !== null) moveTo(to, event.shiftKey);
    else if (isCommand && event.key.toLowerCase() === "a") select(between(indices, 0, count - 1));
    else if (event.key === "Escape" && selected.size > 0) select([]);
    else if (event.key === "Enter" && onOpen) onOpen(indices[at]!);
    else if (event.key === " " || event.key === "Enter") {
      if (event.shiftKey) select(between(indices, anchor.current, at));
      else toggled(indices[at]!);
    } else return;
    event.preventDefault();
  };
  const click = (event: MouseEvent): void => {
    const to = placeUnder(event);
    if (to === null) return;
    const isRange = event.shiftKey;
    moveTo(to, isRange);
    if (isRange) return;
    if (event.ctrlKey || event.metaKey) toggled(indices[to]!);
    else select([indices[to]!]);
  };

  const hands = {
    onScroll: look,
    onKeyDown: press,
    onClick: click,
    onDblClick: (event: MouseEvent) => {
      const to = placeUnder(event);
      if (to !== null) onOpen?.(indices[to]!);
    },
  };
  const rows = Array.from({ length: Math.max(0, sight.to - sight.from) }, (_, i) => sight.from + i);
  // A row that leaves sight becomes the one that comes in, so that scrolling makes no elements.
  const pool = Math.ceil(sight.height / rowHeight) + 2 * spareRows + 2;
  return (
    <div
      class="grid"
      ref={place}
      {...gridRole(label, layout.rows, columns, count > 0 ? `${own}-${at}` : undefined)}
      {...hands}
    >
      <div class="extent" role="presentation" style={{ height: `${layout.height}px` }}>
        {rows.map((row) => (
          <Row key={row % pool} {...props} {...{ own, row, columns, rowHeight, tile, isAlone }} active={at} />
        ))}
      </div>
    </div>
  );
}

/** The place of the tile that a click met. */
function placeUnder(event: MouseEvent): number | null {
  const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-place]") : null;
  return cell ? Number(cell.dataset.place) : null;
}

interface RowProps extends PictureGridProps {
  readonly own: string;
  readonly row: number;
  readonly columns: number;
  readonly rowHeight: number;
  readonly tile: number;
  readonly isAlone: boolean;
  /** The place that keys move from. */
  readonly active: number;
}

function Row(props: RowProps) {
  const {
    set,
    indices,
    own,
    row,
    columns,
    rowHeight,
    tile,
    isAlone,
    active,
    selected,
    caption,
    badge,
    mark,
  } = props;
  const first = row * columns;
  const places = Array.from({ length: Math.min(columns, indices.length - first) }, (_, i) => first + i);
  return (
    <div {...rowRole(row)} style={{ transform: `translateY(${row * rowHeight}px)` }}>
      {places.map((place, column) => {
        const index = indices[place]!;
        const sign = badge?.(index) ?? null;
        const said = [spokenName(set, index, sign?.text), caption?.(index)].filter((text) => text).join(", ");
        return (
          <div
            key={column}
            id={`${own}-${place}`}
            {...cellRole(said, column, selected.has(index))}
            class={place === active ? "tile active" : "tile"}
            data-place={place}
            title={set.names[index] || undefined}
            style={{ width: `${tile}px` }}
          >
            <span class="frame" style={{ height: `${tile}px` }}>
              <Thumbnail set={set} index={index} isAlone={isAlone} />
              {sign && <span class={`sign ${sign.tone}`}>{sign.text}</span>}
              {mark?.(index)}
            </span>
            <span class="caption">{caption ? caption(index) : (set.classes[set.labels[index]!] ?? "")}</span>
          </div>
        );
      })}
    </div>
  );
}
