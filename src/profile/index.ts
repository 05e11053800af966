// The public face of profiling: where the time of a step goes, beside what the machine can do.
export { chromeTrace } from "./chrome.ts";
export { type KernelProfile, type NamedSpan, type Profile, type ProfileOptions, profile } from "./profile.ts";
export { type Flavour, measureRoof, type Roof } from "./roof.ts";
export { profileTable, type TableOptions } from "./table.ts";
export { type Work, workOf } from "./work.ts";
