// A map of numbers laid over a picture in colours.
import { OptionError, ShapeError } from "../base/errors.ts";
import { checkNumber, checkOptions } from "../base/options.ts";
import { type Picture, toRgb } from "../picture/picture.ts";
import { colourAt } from "./colourMap.ts";

/** Numbers of a place each, row by row. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  readonly values: ArrayLike<number>;
}

/** Options of `overlayPicture`. */
export interface OverlayOptions {
  /** How much of the colour is laid over the picture where the map is highest, 0 … 1; elsewhere less, in proportion. Default 0.8. */
  opacity?: number;
  /** How much darker the picture is made, so that pale colours stand out on bright pictures too, 0 … 1. Default 0.4. */
  dim?: number;
  /** The value that gets the last colour. Default: the map's largest. */
  most?: number;
}

/** The map as colours, a pixel for each number; 0 and less is the first colour, `most` and more the last. */
export function heatPicture(map: HeatMap, options: Pick<OverlayOptions, "most"> = {}): Picture {
  checkOptions("heatPicture", options, ["most"]);
  const { width, height } = map;
  const shares = sharesOf("heatPicture", map, options.most);
  const data = new Uint8Array(3 * shares.length);
  for (const [i, share] of shares.entries()) data.set(colourAt(share), 3 * i);
  return { width, height, channels: 3, data };
}

/**
 * The picture with the map over it, drawn to the picture's size between the middles of its places. Where the map is 0 or less the picture is
 * only dimmed; the higher it is the more of its colour shows (`colourAt`). Throws ShapeError where the map has another number of values than
 * places, OptionError for options outside their rules.
 */
export function overlayPicture(picture: Picture, map: HeatMap, options: OverlayOptions = {}): Picture {
  checkOptions("overlayPicture", options, ["opacity", "dim", "most"]);
  const { opacity = 0.8, dim = 0.4, most } = options;
  checkNumber("overlayPicture", "opacity", opacity, "a number from 0 to 1", (x) => x >= 0 && x <= 1);
  checkNumber("overlayPicture", "dim", dim, "a number from 0 to 1", (x) => x >= 0 && x <= 1);
  const { width, height, data: from } = toRgb(picture);
  const shares = sharesOf("overlayPicture", map, most);
  const columns = placesOf(map.width, width);
  const rows = placesOf(map.height, height);
  const data = new Uint8Array(from.length);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      const at = (r: number, c: number) => shares[r * map.width + c]!;
      const above = mix(at(row.before, column.before), at(row.before, column.after), column.share);
      const below = mix(at(row.after, column.before), at(row.after, column.after), column.share);
      const share = mix(above, below, row.share);
      const colour = colourAt(share);
      const pixel = 3 * (y * width + x);
      for (let c = 0; c < 3; c++)
        data[pixel + c] = Math.round(mix((1 - dim) * from[pixel + c]!, colour[c]!, opacity * share));
    }
  }
  return { width, height, channels: 3, data };
}

/** Values as shares 0 … 1 of the largest. */
function sharesOf(op: string, { width, height, values }: HeatMap, most?: number): Float64Array {
  if (values.length !== width * height || values.length === 0) {
    throw new ShapeError(
      `${op}: a map of ${width} × ${height} needs ${width * height} values; got ${values.length}`,
    );
  }
  const numbers = Float64Array.from(values, (value) => value || 0);
  if (most !== undefined && !(Number.isFinite(most) && most > 0)) {
    throw new OptionError(`${op}: most must be a number above 0; got ${most}`);
  }
  const largest = most ?? numbers.reduce((a, b) => Math.max(a, b), 0);
  return numbers.map((value) => (largest > 0 ? Math.min(1, Math.max(0, value / largest)) : 0));
}

/** For each pixel of an axis the two places that it lies between, and how near it is to the second. */
function placesOf(from: number, to: number): { before: number; after: number; share: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const before = Math.floor(place);
    return { before, after: Math.min(from - 1, before + 1), share: place - before };
  });
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
