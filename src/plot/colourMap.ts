// Numbers as colours whose steps look equally large. Knows no pictures.
import type { Colour } from "./canvas.ts";

/** Ends of the way through OKLab's polar form: lightness, and hue in degrees; chroma stays. All of it lies within sRGB. */
const lightness = { low: 0.3, high: 0.93 };
const hue = { low: 305, high: 110 };
const chroma = 0.1;
/** Colours that the way is cut into. */
const levels = 256;

/**
 * The colour of a share 0 … 1, from dark violet over blue and green to pale yellow; shares outside count as the nearer end, and NaN as 0. Lightness rises
 * evenly and hue turns evenly at one chroma, so that equal steps look equal, also in grey and to most people who tell fewer colours apart.
 * Source of the colour space: Ottosson, "A perceptual color space for image processing", 2020.
 */
export function colourAt(share: number): Colour {
  const level = Math.round(Math.min(1, Math.max(0, share || 0)) * (levels - 1));
  table ??= Array.from({ length: levels }, (_, i) => polarColour(i / (levels - 1)));
  return table[level]!;
}

let table: readonly Colour[] | null = null;

function polarColour(share: number): Colour {
  const angle = ((hue.low + (hue.high - hue.low) * share) * Math.PI) / 180;
  const light = lightness.low + (lightness.high - lightness.low) * share;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  // OKLab to linear sRGB.
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toByte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Linear light as sRGB's byte. */
function toByte(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
