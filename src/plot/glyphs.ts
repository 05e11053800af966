// A small typeface of strokes, drawn for plots: ASCII and a few signs. Knows no canvas.

/**
 * Strokes of each character as points `xy` in base 16, strokes parted by "/": y is 0 at the top of capitals, 3 at that of small letters, 8 on the line
 * and a below it. Two equal points are a dot. A number before ":" is the width where it is not the largest x.
 */
const strokes: Readonly<Record<string, string>> = {
  " ": "2:",
  "!": "00 05/08 08",
  '"': "00 02/20 22",
  "#": "12 08/42 38/03 53/06 46",
  $: "51 40 10 01 03 14 44 55 57 48 18 07/30 39",
  "%": "10 20 31 32 23 13 02 01 10/55 65 76 77 68 58 47 46 55/70 08",
  "&": "68 12 11 20 30 41 42 05 07 18 38 65",
  "'": "00 02",
  "(": "20 02 07 29",
  ")": "00 22 27 09",
  "*": "21 25/02 44/42 04",
  "+": "05 45/23 27",
  ",": "18 0a",
  "-": "05 35",
  ".": "08 08",
  "/": "40 09",
  "0": "5:10 40 52 56 48 18 06 02 10",
  "1": "5:12 30 38",
  "2": "02 10 40 51 53 08 58",
  "3": "01 10 40 51 53 44 24/44 55 57 48 18 07",
  "4": "48 40 06 56",
  "5": "50 10 04 13 43 54 57 48 18 07",
  "6": "51 40 10 02 06 18 48 57 55 44 14 05",
  "7": "00 50 28",
  "8": "10 40 51 53 44 14 03 01 10/14 05 07 18 48 57 55 44",
  "9": "53 44 14 03 01 10 40 52 56 48 18 07",
  ":": "04 04/08 08",
  ";": "14 14/18 0a",
  "<": "42 05 48",
  "=": "04 44/06 46",
  ">": "02 45 08",
  "?": "01 10 30 41 43 25 26/28 28",
  "@": "56 54 43 33 24 26 37 47 56 66 74 72 60 20 02 07 19 59",
  A: "08 30 68/15 55",
  B: "00 08 48 57 55 44 04/00 40 51 53 44",
  C: "51 40 10 02 06 18 48 57",
  D: "00 08 38 56 52 30 00",
  E: "50 00 08 58/04 44",
  F: "50 00 08/04 44",
  G: "51 40 10 02 06 18 48 56 54 34",
  H: "00 08/50 58/04 54",
  I: "00 08",
  J: "40 47 38 18 07",
  K: "00 08/50 04/13 58",
  L: "00 08 48",
  M: "08 00 35 60 68",
  N: "08 00 58 50",
  O: "20 40 62 66 48 28 06 02 20",
  P: "08 00 40 51 53 44 04",
  Q: "20 40 62 66 48 28 06 02 20/46 69",
  R: "08 00 40 51 53 44 04/34 58",
  S: "51 40 10 01 03 14 44 55 57 48 18 07",
  T: "00 60/30 38",
  U: "00 06 18 48 56 50",
  V: "00 38 60",
  W: "00 28 41 68 80",
  X: "00 58/50 08",
  Y: "00 34 60/34 38",
  Z: "00 50 08 58",
  "[": "20 00 09 29",
  "\\": "00 49",
  "]": "00 20 29 09",
  "^": "02 20 42",
  _: "09 59",
  "`": "00 11",
  a: "04 13 33 44 48/45 15 06 07 18 28 46",
  b: "00 08/05 23 33 44 47 38 18 07",
  c: "44 33 13 04 07 18 38 47",
  d: "40 48/45 23 13 04 07 18 28 46",
  e: "05 45 44 33 13 04 07 18 38 47",
  f: "30 20 11 18/03 33",
  g: "43 49 3a 1a 09/45 23 13 04 07 18 28 46",
  h: "00 08/05 23 33 44 48",
  i: "03 08/00 00",
  j: "13 19 0a/10 10",
  k: "00 08/43 06/15 48",
  l: "00 07 18",
  m: "03 08/05 13 23 34 38/35 43 53 64 68",
  n: "03 08/05 23 33 44 48",
  o: "13 33 44 47 38 18 07 04 13",
  p: "03 0a/05 23 33 44 47 38 18 07",
  q: "43 4a/45 23 13 04 07 18 28 46",
  r: "03 08/05 23 33",
  s: "44 33 13 04 15 35 46 47 38 18 07",
  t: "11 17 28 38/03 33",
  u: "03 07 18 28 46/43 48",
  v: "03 28 43",
  w: "03 18 34 58 63",
  x: "03 48/43 08",
  y: "03 28/43 1a 0a",
  z: "03 43 08 48",
  "{": "20 11 13 04 15 18 29",
  "|": "00 0a",
  "}": "00 11 13 24 15 18 09",
  "~": "05 14 35 44",
  "·": "05 05",
  "×": "03 47/43 07",
  "…": "08 08/28 28/48 48",
};

/** A character as strokes in units of which capitals are 8 tall. */
export interface Glyph {
  readonly width: number;
  readonly strokes: readonly (readonly (readonly [x: number, y: number])[])[];
}

/** Units between characters. */
export const letterSpacing = 2.3;

const glyphs = new Map<string, Glyph>();

/** The glyph of a character; a box stands for one that there is none for. */
function glyphOf(character: string): Glyph {
  let glyph = glyphs.get(character);
  if (!glyph) {
    glyph = parse(strokes[character] ?? "00 50 58 08 00");
    glyphs.set(character, glyph);
  }
  return glyph;
}

function parse(text: string): Glyph {
  const [, given, drawn = ""] = /^(?:(\d+):)?(.*)$/.exec(text)!;
  const lines = drawn === "" ? [] : drawn.split("/");
  const parsed = lines.map((line) =>
    line
      .split(" ")
      .map((point): [number, number] => [Number.parseInt(point[0]!, 16), Number.parseInt(point[1]!, 16)]),
  );
  const width = given ? Number(given) : Math.max(...parsed.flat().map(([x]) => x));
  return { width, strokes: parsed };
}

/** The glyphs of a text; accents are left out. */
export function glyphsOf(text: string): Glyph[] {
  return Array.from(plain(text), glyphOf);
}

/** Whether every character of a text has a glyph, accents apart. */
export function canWrite(text: string): boolean {
  return Array.from(plain(text)).every((character) => character in strokes);
}

/** Units that a text is wide. */
export function textUnits(text: string): number {
  const widths = glyphsOf(text).map(({ width }) => width + letterSpacing);
  return widths.reduce((sum, width) => sum + width, 0) - (widths.length > 0 ? letterSpacing : 0);
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "");
}
