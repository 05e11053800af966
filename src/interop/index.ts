// The public face of the file formats.
export { EventWriter, type EventWriterOptions, eventFileName } from "./eventWriter.ts";
export { type ArrayData, decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.ts";
