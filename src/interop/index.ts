// The public face of the file formats.
export { type ArrayData, decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.ts";
