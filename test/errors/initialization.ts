// Mistakes in initial values.
import { nn } from "../../src/index.ts";

const { init } = nn;
const model = new nn.MLP(3, [4, 2]);
const text = <T>(value: string) => value as T;

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "unknown rule": () => init.apply(model, text<"xavierUniform">("xavier_uniform")),
  "no rule at all": () => init.apply(model, text<"normal">("glorotx")),
  "unknown nonlinearity": () => init.kaimingNormal({ nonlinearity: text<"relu">("ReLU6") }),
  "unknown mode": () => init.kaimingUniform({ mode: text<"fanIn">("fan_in") })([2, 3]),
  "fans of a bias": () => new nn.Linear(2, 3, { init: { bias: init.xavierNormal() } }),
  "orthogonal bias": () => new nn.Linear(2, 3, { init: { bias: init.orthogonal() } }),
  "eye of a convolution": () => new nn.Conv2d(2, 3, 1, { init: { weight: init.eye() } }),
  "dirac of a matrix": () => new nn.Linear(2, 3, { init: { weight: init.dirac() } }),
  "dirac groups": () => init.dirac({ groups: 2 })([3, 1, 3]),
  "uniform bounds": () => init.uniform({ a: 2 }),
  "normal deviation": () => init.normal({ std: -1 }),
  "truncatedNormal bounds": () => init.truncatedNormal({ a: 1, b: 1 }),
};
