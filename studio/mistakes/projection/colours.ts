// A colour for each class, by hue; neighbours in the list differ in brightness too.

/** The colours of n classes as CSS. */
export function classColours(n: number, look: "light" | "dark"): string[] {
  return Array.from({ length: n }, (_, c) => {
    const [low, high] = look === "dark" ? [58, 74] : [38, 52];
    return `hsl(${Math.round((360 * c) / n)} 72% ${c % 2 === 0 ? low : high}%)`;
  });
}
