// Entry of `fovea/plot`: curves and maps as pictures, for files and pages.
export type { Colour } from "../plot/canvas.ts";
export { colourAt } from "../plot/colourMap.ts";
export { type Line, type LineAxis, type LinePlot, linePicture } from "../plot/linePicture.ts";
export { type HeatMap, heatPicture, type OverlayOptions, overlayPicture } from "../plot/overlay.ts";
