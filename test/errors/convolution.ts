// Mistakes in convolutions, poolings and borders.
import { conv2d, maxPool2d, nn, zeros } from "../../src/index.ts";

const f = (...shape: number[]) => zeros(shape);
const int = (...shape: number[]) => zeros(shape, { dtype: "int32" });
const { functional } = nn;

/** A model whose layers know their paths. */
const pathed = <M extends nn.Module>(layer: M): nn.Sequential => {
  const model = new nn.Sequential(new nn.Identity(), layer);
  model.parameters();
  return model;
};
const anything = (value: unknown) => value as never;

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "kernel larger than the input": () => pathed(new nn.Conv2d(3, 4, 5)).forward(f(1, 3, 4, 4)),
  "kernel larger than the padded input": () =>
    pathed(new nn.Conv2d(3, 4, [7, 3], { padding: [1, 0], dilation: 2 })).forward(f(1, 3, 4, 9)),
  "kernel larger than a sequence": () => pathed(new nn.Conv1d(3, 4, 5)).forward(f(1, 3, 4)),
  "kernel size of 0": () => new nn.Conv2d(3, 4, 0),
  "three kernel sizes": () => new nn.Conv2d(3, 4, anything([3, 3, 3])),
  "pair for a sequence": () => new nn.Conv1d(3, 4, anything([3, 3])),
  "groups of input channels": () => new nn.Conv2d(3, 4, 3, { groups: 2 }),
  "groups of output channels": () => new nn.ConvTranspose2d(4, 3, 3, { groups: 2 }),
  "groups of a function": () => functional.conv1d(f(1, 3, 8), f(4, 1, 3), null, { groups: 2 }),
  "groups of 0": () => new nn.Conv1d(2, 2, 3, { groups: 0 }),
  "stride of 0": () => new nn.Conv2d(3, 4, 3, { stride: 0 }),
  "negative stride": () => new nn.Conv1d(3, 4, 3, { stride: -1 }),
  "fractional stride": () => new nn.ConvTranspose2d(3, 4, 3, { stride: [1, 1.5] }),
  "dilation of 0": () => new nn.Conv2d(3, 4, 3, { dilation: 0 }),
  "negative padding": () => new nn.Conv2d(3, 4, 3, { padding: -1 }),
  "fractional padding": () => functional.conv1d(f(1, 3, 8), f(4, 3, 3), null, { padding: 0.5 }),
  "same with stride": () => new nn.Conv2d(3, 4, 3, { padding: "same", stride: 2 }),
  "same with stride in a function": () =>
    conv2d(f(1, 3, 8, 8), f(4, 3, 3, 3), null, { padding: "same", stride: 2 }),
  "misspelt same": () => new nn.Conv2d(3, 4, 3, { padding: anything("smae") }),
  "same for a transposed convolution": () => new nn.ConvTranspose2d(3, 4, 3, { padding: anything("same") }),
  "misspelt padding mode": () => new nn.Conv2d(3, 4, 3, { padding: 1, paddingMode: anything("reflekt") }),
  "unknown padding mode": () => new nn.Conv1d(3, 4, 3, { paddingMode: anything("mirror") }),
  "reflection as large as the input": () =>
    pathed(new nn.Conv2d(3, 4, 7, { padding: 3, paddingMode: "reflect" })).forward(f(1, 3, 3, 8)),
  "circle larger than the input": () =>
    pathed(new nn.Conv1d(3, 4, 7, { padding: 4, paddingMode: "circular" })).forward(f(1, 3, 3)),
  "misspelt option": () => new nn.Conv2d(3, 4, 3, anything({ strides: 2 })),
  "unknown option": () => new nn.ConvTranspose1d(3, 4, 3, anything({ kernel: 2 })),
  "option of another op": () => maxPool2d(f(1, 1, 4, 4), 2, anything({ countIncludePad: false })),
  "outputPadding not below stride": () => new nn.ConvTranspose2d(3, 4, 3, { stride: 2, outputPadding: 2 }),
  "negative outputPadding": () => new nn.ConvTranspose1d(3, 4, 3, { outputPadding: -1 }),
  "transposed to nothing": () =>
    pathed(new nn.ConvTranspose2d(3, 4, 1, { padding: 1 })).forward(f(1, 3, 2, 2)),
  "transposed channels": () => functional.convTranspose2d(f(1, 3, 4, 4), f(4, 3, 3, 3)),
  "transposed bias": () => functional.convTranspose2d(f(1, 3, 4, 4), f(3, 2, 3, 3), f(2), { groups: 3 }),
  "transposed rank": () => functional.convTranspose1d(f(3, 4), f(3, 2, 3)),
  "picture to a layer of sequences": () => pathed(new nn.Conv1d(3, 4, 3)).forward(f(1, 3, 4, 4)),
  "sequence to a layer of pictures": () => pathed(new nn.ConvTranspose2d(3, 4, 3)).forward(f(1, 3, 4)),
  "channels in a model": () => pathed(new nn.Conv1d(3, 4, 3)).forward(f(1, 2, 8)),
  "conv1d rank": () => functional.conv1d(f(1, 3, 8, 8), f(4, 3, 3)),
  "conv1d channels": () => functional.conv1d(f(1, 2, 8), f(4, 3, 3)),
  "integers into a convolution": () => pathed(new nn.Conv1d(3, 4, 3)).forward(int(1, 3, 8)),
  "integers into a function": () => functional.convTranspose2d(int(1, 3, 4, 4), f(3, 2, 3, 3)),
  "two dtypes": () => functional.conv1d(f(1, 3, 8), int(4, 3, 3)),
  "window larger than the input": () => pathed(new nn.MaxPool2d(3)).forward(f(1, 1, 2, 5)),
  "window larger than a sequence": () => pathed(new nn.AvgPool1d(4, { stride: 1 })).forward(f(1, 1, 3)),
  "padding over half of the kernel": () => new nn.MaxPool2d(3, { padding: 2 }),
  "padding over half of a sequence's kernel": () => functional.avgPool1d(f(1, 1, 9), 3, { padding: 2 }),
  "pool stride of 0": () => new nn.AvgPool2d(2, { stride: [1, 0] }),
  "pool kernel of a half": () => new nn.MaxPool1d(2.5),
  "pool dilation of 0": () => new nn.MaxPool2d(2, { dilation: 0 }),
  "misspelt pool option": () => new nn.MaxPool2d(3, anything({ ceilmode: true })),
  "average with dilation": () => new nn.AvgPool2d(3, anything({ dilation: 2 })),
  "divisor of 0": () => new nn.AvgPool2d(2, { divisorOverride: 0 }),
  "power of 0": () => new nn.LPPool2d(0, 2),
  "padding of a power": () => new nn.LPPool1d(2, 3, anything({ padding: 1 })),
  "pool rank": () => pathed(new nn.MaxPool2d(2)).forward(f(3, 8, 8)),
  "pool of sequences": () => pathed(new nn.MaxPool1d(2)).forward(f(8, 8)),
  "integers into a pooling": () => pathed(new nn.AvgPool2d(2)).forward(int(1, 3, 8, 8)),
  "no bins": () => new nn.AdaptiveMaxPool2d(0),
  "bins of a sequence": () => new nn.AdaptiveAvgPool1d(anything([2, 2])),
  "bins of an empty picture": () => pathed(new nn.AdaptiveMaxPool2d(2)).forward(f(1, 3, 0, 4)),
  "bins of integers": () => pathed(new nn.AdaptiveAvgPool1d(2)).forward(int(1, 3, 4)),
  "reflect as large as the input": () => pathed(new nn.ReflectionPad2d([0, 0, 4, 1])).forward(f(1, 3, 4, 8)),
  "negative reflection": () => functional.pad(f(1, 4), [-1, 0], { mode: "reflect" }),
  "replicated nothing": () => functional.pad(f(1, 0), [1, 0], { mode: "replicate" }),
  "one side missing": () => functional.pad(f(2, 3), [1, 2, 3]),
  "sides for too many axes": () => functional.pad(f(3), [1, 1, 1, 1]),
  "more taken than there is": () => functional.pad(f(2, 3), [-2, -2]),
  "misspelt pad mode": () => functional.pad(f(2, 3), [1, 1], { mode: anything("replikate") }),
  "misspelt pad option": () => functional.pad(f(2, 3), [1, 1], anything({ val: 1 })),
  "sides of a layer": () => new nn.ZeroPad2d([1, 2]),
  "rank for a border": () => pathed(new nn.ZeroPad2d(1)).forward(f(3, 8, 8)),
};
