// Initial values of parameters: rules, each a function that makes an initializer, to be given to layers or to a whole model.
export { fanIn, fanOut, type Initializer, type InitialValues } from "../module/init.ts";
export { apply, type RuleName } from "./apply.ts";
export { calculateGain, type FanMode, type Nonlinearity } from "./gain.ts";
export { orthogonal } from "./orthogonal.ts";
export {
  constant,
  dirac,
  eye,
  normal,
  ones,
  type TruncatedNormalOptions,
  truncatedNormal,
  uniform,
  zeros,
} from "./plain.ts";
export {
  type KaimingOptions,
  kaimingNormal,
  kaimingUniform,
  lecunNormal,
  lecunUniform,
  type XavierOptions,
  xavierNormal,
  xavierUniform,
} from "./scaled.ts";
