// Bilinear warps and blurs of whole pictures: picks the workspace for each, and keeps it for the next one. Knows no options.
import type { Picture } from "../../picture/picture.ts";
import { segment } from "./samplingCode.ts";
import {
  type Bells,
  fine,
  kept,
  type Precision,
  type Row,
  type StraightMap,
  Workspace,
  wide,
} from "./workspace.ts";

const workspaces = new Map<Precision, Workspace>();

/** Calls with a workspace for places below `most`, and drops it where it has become too large to keep. */
function using<T>(most: number, body: (space: Workspace) => T): T {
  const precision = most < fine.most ? fine : wide;
  let space = workspaces.get(precision);
  if (!space) {
    space = new Workspace(precision);
    workspaces.set(precision, space);
  }
  let isSound = false;
  try {
    const result = body(space);
    isSound = space.size <= kept;
    return result;
  } finally {
    if (!isSound) workspaces.delete(precision);
  }
}

const longest = ({ width, height }: { readonly width: number; readonly height: number }) =>
  Math.max(width, height);

/**
 * Writes a picture of `width × height` to `target`, each pixel read at the place that the map gives; outside the source there is `fill`, one byte
 * for each channel, and between the outermost pixels and the outside values go over to it within one pixel.
 */
export function sampleStraight(
  picture: Picture,
  width: number,
  height: number,
  map: StraightMap,
  fill: Uint8Array,
  target: Uint8Array,
): void {
  const { x0, y0, a, b, d, e } = map;
  // The furthest places are those of the corners, one segment beyond the end.
  const across = width + segment;
  const far =
    2 +
    Math.max(
      Math.abs(x0) + Math.abs(a) * across + Math.abs(b) * height,
      Math.abs(y0) + Math.abs(d) * across + Math.abs(e) * height,
      longest(picture),
    );
  if (far < wide.most) {
    using(far, (space) => space.straight(picture, width, height, map, fill, target));
    return;
  }
  // A map that shrinks the picture to nearly nothing, or is not finite.
  samplePlaces(
    picture,
    width,
    height,
    fill,
    (row, v) => {
      for (let u = 0; u < width; u++) {
        row.x[u] = x0 + b * v + a * u;
        row.y[u] = y0 + e * v + d * u;
      }
    },
    target,
  );
}

/** As `sampleStraight`, at places that `place` writes row by row. */
export function samplePlaces(
  picture: Picture,
  width: number,
  height: number,
  fill: Uint8Array,
  place: (row: Row, y: number) => void,
  target: Uint8Array,
): void {
  using(longest(picture) + 2, (space) => space.places(picture, width, height, fill, place, target));
}

/** As `sampleStraight`, each pixel from the place beside it that `displacement`, `[height, width, 2]` in halves of width and height, says. */
export function sampleBent(
  picture: Picture,
  displacement: Float32Array,
  fill: Uint8Array,
  target: Uint8Array,
): void {
  const { width, height } = picture;
  using(2 * longest(picture) + 8, (space) => {
    const fields = (from: number) => space.putFields(displacement, width, height, from);
    space.bend(picture, fields, [1, 1, width / 2, height / 2], fill, target);
  });
}

/** What smooth fields are made from: seeds, bells and factors, for x and for y. */
export interface FieldRecipe {
  readonly seeds: readonly [number, number];
  readonly bells: readonly [Bells, Bells];
  readonly scale: readonly [number, number];
}

/** As `sampleBent` by the displacement of `smoothFields`, without its leaving this memory. */
export function sampleRandomlyBent(
  picture: Picture,
  { seeds, bells, scale }: FieldRecipe,
  fill: Uint8Array,
  target: Uint8Array,
): void {
  const { width, height } = picture;
  using(2 * longest(picture) + 8, (space) => {
    const fields = (from: number) => space.makeFields(width, height, seeds, bells, from);
    space.bend(picture, fields, [scale[0], scale[1], width / 2, height / 2], fill, target);
  });
}

/** Noise from seeds, blurred, times factors: `[height, width, 2]`. */
export function smoothFields(
  width: number,
  height: number,
  { seeds, bells, scale }: FieldRecipe,
): Float32Array {
  const planes = using(0, (space) =>
    space.takeFields(space.makeFields(width, height, seeds, bells), width, height),
  );
  const field = new Float32Array(2 * width * height);
  for (const [axis, plane] of planes.entries()) {
    const factor = Math.fround(scale[axis as 0 | 1]);
    for (let i = 0; i < plane.length; i++) field[2 * i + axis] = plane[i]! * factor;
  }
  return field;
}

/** Writes a picture to `target`, blurred by half bells along x and y and mirrored at its edges, which are further away than the bells reach. */
export function blurBytes(
  picture: Picture,
  bells: { readonly x: Float32Array; readonly y: Float32Array },
  target: Uint8Array,
): void {
  using(0, (space) => space.blurPicture(picture, bells, target));
}
