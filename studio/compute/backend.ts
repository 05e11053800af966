// The backend that the compute worker computes on: all cores, where the page is isolated.
import { createWasmBackend, setBackend } from "../../src/index.ts";

export const backend = createWasmBackend();
setBackend(backend);
