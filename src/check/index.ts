// The tools that say whether results are right: the backend that defines them, and finite differences.
export { createReferenceBackend } from "../backend/reference/reference.ts";
export { type GradcheckOptions, gradcheck } from "./gradcheck.ts";
