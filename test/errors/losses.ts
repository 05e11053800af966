// Mistakes in activations, losses and in asking the guide.
import { nn, tensor, zeros } from "../../src/index.ts";

const { functional } = nn;
const f = (...shape: number[]) => zeros(shape);
const int = (...shape: number[]) => zeros(shape, { dtype: "int32" });
const classes = (...values: number[]) => tensor(values, { dtype: "int32" });
const net = new nn.Sequential(new nn.Linear(4, 3), new nn.PReLU(5), new nn.GLU());
net.parameters();

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "LeakyReLU slope": () => new nn.LeakyReLU(Number.NaN),
  "PReLU count": () => new nn.PReLU(0),
  "PReLU channels": () => net.forward(f(2, 4)),
  "GLU odd": () => new nn.Sequential(new nn.Linear(4, 3), new nn.GLU()).forward(f(2, 4)),
  "ELU alpha": () => new nn.ELU("1" as unknown as number),
  "CELU alpha": () => new nn.CELU(0),
  "GELU approximate": () => new nn.GELU({ approximate: "erf" as "tanh" }),
  "gelu approximate": () => functional.gelu(f(2), { approximate: "erf" as "tanh" }),
  "Hardtanh bounds": () => new nn.Hardtanh(1, -1),
  "hardtanh bounds": () => functional.hardtanh(f(2), 1, 1),
  "Softplus beta": () => new nn.Softplus(0),
  "Softshrink lambda": () => new nn.Softshrink(-1),
  "Softmax axis": () => new nn.Softmax(2).forward(f(2, 3)),
  "MSELoss shapes": () => new nn.MSELoss().forward(f(4, 1), f(4)),
  "L1Loss empty batch": () => new nn.L1Loss().forward(f(0, 3), f(0, 3)),
  "CrossEntropyLoss empty batch": () => new nn.CrossEntropyLoss().forward(f(0, 3), int(0)),
  "crossEntropy empty probabilities": () => nn.crossEntropy(f(0, 3), f(0, 3)),
  "KLDivLoss empty batch": () => new nn.KLDivLoss({ reduction: "batchmean" }).forward(f(0, 3), f(0, 3)),
  "unknown reduction": () => new nn.HuberLoss({ reduction: "average" as "mean" }),
  "unknown reduction of a function": () =>
    functional.nllLoss(f(2, 3), int(2), { reduction: "batchmean" as "mean" }),
  "KLDivLoss reduction": () => new nn.KLDivLoss({ reduction: "batch" as "batchmean" }),
  "SmoothL1Loss beta": () => new nn.SmoothL1Loss({ beta: -1 }),
  "HuberLoss delta": () => new nn.HuberLoss({ delta: 0 }),
  "CrossEntropyLoss smoothing": () => new nn.CrossEntropyLoss({ labelSmoothing: 1.1 }),
  "CrossEntropyLoss weight": () => new nn.CrossEntropyLoss({ weight: f(2) }).forward(f(2, 3), classes(0, 1)),
  "CrossEntropyLoss of bool": () => nn.crossEntropy(f(2, 3), zeros([2], { dtype: "bool" })),
  "CrossEntropyLoss of a column": () => nn.crossEntropy(f(2, 3), int(2, 1)),
  "CrossEntropyLoss ignoring a probability": () => nn.crossEntropy(f(2, 3), f(2, 3), { ignoreIndex: 0 }),
  "class out of range in a picture": () =>
    nn.crossEntropy(
      f(1, 3, 2, 2),
      tensor(
        [
          [
            [0, 1],
            [2, 255],
          ],
        ],
        { dtype: "uint8" },
      ),
    ),
  "negative class": () => new nn.NLLLoss().forward(f(2, 3), classes(-1, 0)),
  "NLLLoss of probabilities": () => new nn.NLLLoss().forward(f(2, 3), f(2, 3)),
  "scalar logits": () => nn.crossEntropy(f(), int()),
  "BCELoss of logits": () => new nn.BCELoss().forward(tensor([0.2, 3]), f(2)),
  "BCELoss of classes": () => new nn.BCELoss().forward(tensor([0.2, 0.3]), classes(1, 2)),
  "BCEWithLogitsLoss of a vector": () => new nn.BCEWithLogitsLoss().forward(f(4, 1), f(4)),
  "BCEWithLogitsLoss posWeight": () =>
    new nn.BCEWithLogitsLoss({ posWeight: f(3) }).forward(f(4, 2), f(4, 2)),
  "FocalLoss gamma": () => new nn.FocalLoss({ gamma: -1 }),
  "FocalLoss alpha": () => new nn.FocalLoss({ alpha: 2 }),
  "MultiMarginLoss p": () => new nn.MultiMarginLoss({ p: 3 as 2 }),
  "multiMarginLoss rank": () => functional.multiMarginLoss(f(2, 3, 4), int(2, 4)),
  "GaussianNLLLoss negative variance": () => new nn.GaussianNLLLoss().forward(f(2), f(2), tensor([1, -0.5])),
  "GaussianNLLLoss variance's shape": () => new nn.GaussianNLLLoss().forward(f(4, 3), f(4, 3), f(3)),
  "PoissonNLLLoss shapes": () => new nn.PoissonNLLLoss().forward(f(4), f(3)),
  "CosineEmbeddingLoss target": () => new nn.CosineEmbeddingLoss().forward(f(4, 3), f(4, 3), f(4, 3)),
  "TripletMarginLoss shapes": () => new nn.TripletMarginLoss().forward(f(4, 3), f(4, 3), f(3)),
  "TripletMarginLoss p": () => new nn.TripletMarginLoss({ p: 0 }),
  "guide to an unknown task": () => nn.guide("regresion"),
  "guide to something else": () => nn.guide("translation"),
};
