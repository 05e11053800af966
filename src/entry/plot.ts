// Entry of `fovea/plot`: curves as pictures, for files and pages.
export { type Line, type LineAxis, type LinePlot, linePicture } from "../plot/linePicture.ts";
