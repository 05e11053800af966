// Where an arrow key leads in a drawn graph.
import type { View } from "./fold.ts";
import type { Drawing } from "./layout.ts";

export type Way = "up" | "down" | "left" | "right";

/**
 * The item that is reached from another: up and down along the lines, to the end that lies nearest; left and right to the next one in the row. The
 * item itself where there is none.
 */
export function neighbour(view: View, { places, rows }: Drawing, key: string, way: Way): string {
  const { x } = places.get(key)!;
  const nearest = (keys: readonly string[]): string =>
    keys.reduce(
      (best, one) =>
        best === key || Math.abs(places.get(one)!.x - x) < Math.abs(places.get(best)!.x - x) ? one : best,
      key,
    );
  if (way === "up") return nearest(view.links.flatMap(({ from, to }) => (to === key ? [from] : [])));
  if (way === "down") return nearest(view.links.flatMap(({ from, to }) => (from === key ? [to] : [])));
  const row = rows.get(key);
  const beside = view.items.flatMap(({ key: other }) => {
    const isThere = rows.get(other) === row && (way === "left") === places.get(other)!.x < x;
    return isThere && other !== key ? [other] : [];
  });
  return nearest(beside);
}
