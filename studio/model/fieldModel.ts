// Which part of the picture a cell of a layer's map sees.
import type { GraphNode, Span } from "../../src/studio/shared/networks.ts";

/** Whether a layer gives maps whose cells have places in the picture. */
export function isAMap({ outputs, field }: GraphNode): boolean {
  return outputs[0]?.length === 4 && field.some(({ jump }) => jump > 0);
}

/** What the unit in a row and column sees, pixels outside of the picture included; of what is no map, what every unit sees. */
export function seenBy(
  { field, spans }: GraphNode,
  row: number,
  column: number,
): { rows: Span; columns: Span } {
  const along = (axis: number, at: number): Span => {
    const place = field.findIndex((one) => one.input === field[0]!.input && one.axis === axis);
    const list = spans[place]!;
    return list[Math.min(at, list.length - 1)]!;
  };
  return { rows: along(2, row), columns: along(3, column) };
}
