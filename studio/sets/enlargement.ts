// How pictures look that are smaller than their place.

/** Up to this longer side pixels are shown as squares, in pixels. */
const smallSide = 64;
/** Below this longer side pictures are enlarged, in pixels. */
const enlargedSide = 400;

/** Whether single pixels are to be seen. */
export function showsPixels(width: number, height: number): boolean {
  return Math.max(width, height) <= smallSide;
}

/** The classes of a picture that is shown in large. */
export function lookInLarge({ width, height }: { readonly width: number; readonly height: number }): string {
  if (showsPixels(width, height)) return "enlarged pixels";
  return Math.max(width, height) < enlargedSide ? "enlarged" : "";
}
