// Mistakes in the normalisations.
import { nn, zeros } from "../../src/index.ts";

const f = (...shape: number[]) => zeros(shape);
const { functional } = nn;

/** A layer inside a model, so that messages show its path. */
function inModel<M extends nn.Module>(layer: M): M {
  new nn.Sequential(new nn.Identity(), layer).parameters();
  return layer;
}

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "LayerNorm last axis": () => inModel(new nn.LayerNorm(5)).forward(f(2, 4)),
  "LayerNorm last axes": () => inModel(new nn.LayerNorm([3, 4])).forward(f(2, 4, 3)),
  "LayerNorm rank": () => new nn.LayerNorm([3, 4]).forward(f(4)),
  "LayerNorm of integers": () => inModel(new nn.LayerNorm(4)).forward(zeros([2, 4], { dtype: "int32" })),
  "LayerNorm shape": () => new nn.LayerNorm([]),
  "LayerNorm size": () => new nn.LayerNorm([3, 0]),
  "LayerNorm eps": () => new nn.LayerNorm(3, { eps: -1 }),
  "layerNorm weight": () => functional.layerNorm(f(2, 4), [4], f(3)),
  "layerNorm eps": () => functional.layerNorm(f(2, 4), [4], null, null, -1),
  "RMSNorm last axis": () => inModel(new nn.RMSNorm(5)).forward(f(2, 4)),
  "RMSNorm eps": () => new nn.RMSNorm(3, { eps: Number.NaN }),
  "GroupNorm groups": () => new nn.GroupNorm(3, 4),
  "GroupNorm channels": () => inModel(new nn.GroupNorm(2, 4)).forward(f(2, 6, 3)),
  "GroupNorm without batch": () => inModel(new nn.GroupNorm(2, 4)).forward(f(4)),
  "groupNorm groups": () => functional.groupNorm(f(2, 6, 3), 4),
  "groupNorm bias": () => functional.groupNorm(f(2, 6, 3), 2, null, f(2)),
  "InstanceNorm1d rank": () => inModel(new nn.InstanceNorm1d(4)).forward(f(2, 4, 3, 3)),
  "InstanceNorm2d channels": () => inModel(new nn.InstanceNorm2d(4)).forward(f(2, 3, 4, 4)),
  "InstanceNorm2d of one value": () => inModel(new nn.InstanceNorm2d(4)).forward(f(2, 4, 1, 1)),
  "InstanceNorm2d momentum": () => new nn.InstanceNorm2d(4, { momentum: 2 }),
  "BatchNorm1d of one value": () => inModel(new nn.BatchNorm1d(4)).forward(f(1, 4)),
  "LocalResponseNorm rank": () => inModel(new nn.LocalResponseNorm(5)).forward(f(2, 4)),
  "LocalResponseNorm size": () => new nn.LocalResponseNorm(0),
  "localResponseNorm size": () => functional.localResponseNorm(f(1, 2, 3), 1.5),
};
