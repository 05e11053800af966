// The tools that say whether results are right: the backend that defines them, finite differences,
// and the list of all ops with what they are tried with.
export { createReferenceBackend } from "../backend/reference/reference.ts";
export type { OpRecord } from "../ops/define.ts";
export { type GradcheckOptions, gradcheck } from "./gradcheck.ts";
export { registry } from "./registry.ts";
