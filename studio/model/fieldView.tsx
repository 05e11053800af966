// What the units of a layer see: figures for each axis, and the field of a chosen cell of the map on a picture.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { FieldAxis, GraphNode, NetworkDescription, Span } from "../../src/studio/shared/networks.ts";
import { count, figure } from "../format.ts";
import { lookOfPage } from "../theme.ts";
import { cellAt, drawMap, drawPicture } from "./fieldDrawing.ts";
import { isAMap, seenBy } from "./fieldModel.ts";
import { SampleChooser, useSample } from "./sample.tsx";
import { t } from "./texts.ts";

interface FieldViewProps {
  readonly network: NetworkDescription;
  readonly node: GraphNode;
}

/** The part of the card. */
export function FieldView({ network, node }: FieldViewProps) {
  const { field } = node;
  if (field.length === 0) return <p class="soft">{t("noField")}</p>;
  // Of several inputs the first that the layer depends on.
  const axes = field.filter(({ input }) => input === field[0]!.input);
  return (
    <div class="field-view">
      <h4>{t("field")}</h4>
      <FieldTable axes={axes} />
      {axes.length === 2 && <OnPicture network={network} node={node} />}
    </div>
  );
}

function FieldTable({ axes }: { axes: readonly FieldAxis[] }) {
  const moves = axes.some(({ jump }) => jump > 0);
  const number = (value: number) => String(Number(value.toFixed(2)));
  const rows = [
    ["fieldSize", ({ field }: FieldAxis) => number(field)],
    ["fieldInside", ({ inside }: FieldAxis) => number(inside)],
    ...(moves
      ? ([
          ["jump", ({ jump }: FieldAxis) => number(jump)],
          ["start", ({ start }: FieldAxis) => number(start)],
          ["centre", ({ centre }: FieldAxis) => figure(centre)],
        ] as const)
      : []),
  ] as const;
  return (
    <table class="axes">
      <thead>
        <tr>
          <td />
          {axes.map(({ axis }) => (
            <th key={axis} scope="col">
              {axis === 2 ? t("axisRows") : axis === 3 ? t("axisColumns") : axis}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([key, value]) => (
          <tr key={key}>
            <th scope="row">{t(key)}</th>
            {axes.map((axis) => (
              <td key={axis.axis}>{value(axis)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function OnPicture({ network, node }: FieldViewProps) {
  const isMap = isAMap(node);
  const [, , rows = 1, columns = 1] = isMap ? node.outputs[0]! : [1, 1, 1, 1];
  const cell = useSignal({ row: rows >> 1, column: columns >> 1 });
  const picture = useRef<HTMLCanvasElement>(null);
  const map = useRef<HTMLCanvasElement>(null);
  const sample = useSample(network);
  const [, height = 1, width = 1] = network.input;
  const seen = seenBy(node, cell.value.row, cell.value.column);
  const look = lookOfPage.value;
  useEffect(() => {
    if (picture.current && sample.image) drawPicture(picture.current, sample.image, { height, width }, seen);
    if (map.current) drawMap(map.current, { rows, columns }, cell.value);
  }, [sample.image, cell.value, node, look]);
  const choose = (event: PointerEvent) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    cell.value = cellAt(map.current!, { rows, columns }, event);
  };
  return (
    <>
      <SampleChooser network={network} />
      {sample.problem && <p class="problem">{t("pictureProblem", { reason: sample.problem })}</p>}
      <div class="fieldPictures">
        <canvas
          ref={picture}
          class="seen"
          role="img"
          aria-label={`${t("pictureWith")}: ${spanText(seen, width, height)}`}
        />
        {isMap && (
          <div class="map">
            <p class="soft">{t("mapOf", { size: `${rows}×${columns}` })}</p>
            <canvas ref={map} onPointerDown={choose} onPointerMove={choose} />
            {(["row", "column"] as const).map((axis) => (
              <div key={axis} class="range">
                <label for={`cell-${axis}`}>{t(axis)}</label>
                <input
                  id={`cell-${axis}`}
                  type="range"
                  min="0"
                  max={(axis === "row" ? rows : columns) - 1}
                  value={cell.value[axis]}
                  onInput={({ currentTarget }) => {
                    cell.value = { ...cell.value, [axis]: currentTarget.valueAsNumber };
                  }}
                />
                <output>{cell.value[axis]}</output>
              </div>
            ))}
          </div>
        )}
      </div>
      <p aria-live="polite">{spanText(seen, width, height)}</p>
      <Outside seen={seen} width={width} height={height} />
      {!isMap && <p class="soft">{t(node.field.every(({ jump }) => jump === 0) ? "noPlace" : "notAMap")}</p>}
    </>
  );
}

interface Seen {
  readonly rows: Span;
  readonly columns: Span;
}

function spanText(
  { rows: [top, bottom], columns: [left, right] }: Seen,
  width: number,
  height: number,
): string {
  if (top <= 0 && left <= 0 && bottom >= height - 1 && right >= width - 1) return t("seesAll");
  return t("seesSpan", { top, bottom, left, right });
}

/** How much of what is seen is padding. */
function Outside({ seen, width, height }: { seen: Seen; width: number; height: number }) {
  const length = ([first, last]: Span) => last - first + 1;
  const inside = ([first, last]: Span, size: number) =>
    Math.max(0, Math.min(last, size - 1) - Math.max(first, 0) + 1);
  const all = length(seen.rows) * length(seen.columns);
  const within = inside(seen.rows, height) * inside(seen.columns, width);
  if (within === all) return null;
  if (within === 0) return <p class="soft">{t("nothingSeen")}</p>;
  return <p class="soft">{t("outside", { count: count(all - within), all: count(all) })}</p>;
}
