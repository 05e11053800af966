// Mistakes in perceptrons, dropouts, embeddings and the layers that change shapes and sizes.
import { nn, tensor, zeros } from "../../src/index.ts";

const f = (...shape: number[]) => zeros(shape);
const int = (values: number[] | number[][]) => tensor(values, { dtype: "int32" });
const { functional } = nn;

/** A layer inside a model, so that messages show its path. */
function inModel<M extends nn.Module>(layer: M): M {
  new nn.Sequential(new nn.Identity(), layer).parameters();
  return layer;
}

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "Perceptron inputs": () => inModel(new nn.Perceptron(3)).forward(f(2, 4)),
  "Perceptron options": () => new nn.Perceptron(0),
  "MLP without layers": () => new nn.MLP(3, []),
  "MLP sizes": () => new nn.MLP(3, [4, 0]),
  "MLP dropout": () => new nn.MLP(3, [4, 2], { dropout: 2 }),
  "MLP inputs": () => inModel(new nn.MLP(3, [4, 2])).forward(f(5, 4)),
  "Dropout1d p": () => new nn.Dropout1d(-0.1),
  "Dropout2d p": () => new nn.Dropout2d(Number.NaN),
  "AlphaDropout p": () => new nn.AlphaDropout(1.1),
  "dropPath p": () => functional.dropPath(f(2), 7),
  "DropPath mode": () => new nn.DropPath(0.1, { mode: "rows" as "row" }),
  "DropPath of a scalar": () => inModel(new nn.DropPath(0.1)).forward(f()),
  "Dropout1d rank": () => inModel(new nn.Dropout1d()).forward(f(2, 3, 4, 4)),
  "Dropout2d rank": () => inModel(new nn.Dropout2d()).forward(f(2, 3, 4)),
  "Embedding sizes": () => new nn.Embedding(0, 3),
  "Embedding padding": () => new nn.Embedding(4, 3, { paddingIdx: 4 }),
  "Embedding index": () => inModel(new nn.Embedding(4, 3)).forward(int([0, 4])),
  "Embedding index below 0": () =>
    inModel(new nn.Embedding(4, 3)).forward(
      int([
        [0, 3],
        [-1, 2],
      ]),
    ),
  "Embedding of floats": () => inModel(new nn.Embedding(4, 3)).forward(f(2)),
  "embedding weight": () => functional.embedding(int([0]), f(4)),
  "Upsample without size": () => new nn.Upsample({}),
  "Upsample with both": () => new nn.Upsample({ size: 4, scaleFactor: 2 }),
  "Upsample mode": () => new nn.Upsample({ size: 4, mode: "bicubic" as "bilinear" }),
  "Upsample alignCorners": () => new nn.Upsample({ size: 4, alignCorners: true }),
  "Upsample size": () => new nn.Upsample({ size: [4, 0] }),
  "Upsample factor": () => new nn.Upsample({ scaleFactor: -2 }),
  "Upsample rank": () => inModel(new nn.Upsample({ size: 4, mode: "bilinear" })).forward(f(2, 3, 4)),
  "Upsample without channels": () => inModel(new nn.Upsample({ scaleFactor: 2 })).forward(f(8, 8)),
  "Upsample axes": () => inModel(new nn.Upsample({ size: [4] })).forward(f(1, 2, 4, 4)),
  "Upsample to nothing": () => inModel(new nn.Upsample({ scaleFactor: 0.2 })).forward(f(1, 2, 4, 8)),
  "PixelShuffle channels": () => inModel(new nn.PixelShuffle(2)).forward(f(1, 6, 2, 2)),
  "PixelShuffle rank": () => inModel(new nn.PixelShuffle(2)).forward(f(4, 2)),
  "PixelShuffle factor": () => new nn.PixelShuffle(1.5),
  "PixelUnshuffle size": () => inModel(new nn.PixelUnshuffle(2)).forward(f(1, 1, 4, 3)),
  "ChannelShuffle groups": () => inModel(new nn.ChannelShuffle(3)).forward(f(1, 4, 2)),
  "Unflatten product": () => inModel(new nn.Unflatten(1, [2, 4])).forward(f(2, 6)),
  "Unflatten unknown": () => inModel(new nn.Unflatten(1, [4, -1])).forward(f(2, 6)),
  "Unflatten axis": () => inModel(new nn.Unflatten(2, [2, 3])).forward(f(2, 6)),
  "Unflatten sizes": () => new nn.Unflatten(1, [-1, -1]),
};
