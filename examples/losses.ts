// Losses: least squares, maximum likelihood and cross-entropy, options, and the guide.
import { nn, noGrad, optim, tensor } from "fovea";

const { functional } = nn;
const show = async (loss: { item(): Promise<number> }) => console.log((await loss.item()).toFixed(4));

// Least squares: the line through five points whose squared distances are least.
const x = tensor([[0], [1], [2], [3], [4]]);
const y = tensor([[1.1], [2.9], [5.2], [6.8], [9.1]]);
const line = new nn.Linear(1, 1);
const optimizer = new optim.Adam(line.parameters(), { lr: 0.1 });
for (let step = 0; step < 400; step++) {
  const loss = nn.mseLoss(line.forward(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
console.log((await line.weight.item()).toFixed(2), (await line.bias!.item()).toFixed(2)); // 1.99 1.04

// Cross-entropy is the negative log-likelihood of softmax.
const logits = tensor([
  [2, 1, 0.1],
  [0.5, 2.5, 0],
]);
const classes = tensor([0, 1], { dtype: "int32" });
await show(nn.crossEntropy(logits, classes)); // 0.3069
await show(functional.nllLoss(nn.logSoftmax(logits, 1), classes)); // 0.3069

const p = await nn.softmax(logits, 1).data(); // [2, 3]
const likelihood = p[0]! * p[4]!; // what the model gives to both right answers together
console.log(likelihood.toFixed(4), (-Math.log(likelihood) / 2).toFixed(4)); // 0.5413 0.3069

// Options: rare classes, targets to leave out, targets that are not certain.
const criterion = new nn.CrossEntropyLoss({
  weight: tensor([1, 1, 5]), // class 2 is rare
  ignoreIndex: 255, // pixels that nobody labelled
  labelSmoothing: 0.1,
});
const pixels = tensor(Uint8Array.of(0, 2, 255, 1), { shape: [1, 2, 2] }); // [N, H, W]
await show(criterion.forward(tensor(new Float32Array(12), { shape: [1, 3, 2, 2] }), pixels)); // 1.0986

// The stable form: the same where both can be computed, and right where one cannot.
const far = tensor([3, 200]);
const no = tensor([0, 0]);
await show(functional.binaryCrossEntropyWithLogits(far, no, { reduction: "sum" })); // 203.0486
await show(functional.binaryCrossEntropy(far.sigmoid(), no, { reduction: "sum" })); // 103.0486

const { outputActivation, loss, snippet } = nn.guide("multi-label");
console.log(outputActivation, loss, snippet.split("\n").length > 10); // Sigmoid BCEWithLogitsLoss true

// An outlier pulls least squares more than the others.
const errors = tensor([0.1, -0.2, 0.1, 10]);
const zero = tensor([0, 0, 0, 0]);
for (const Loss of [nn.MSELoss, nn.HuberLoss, nn.L1Loss]) {
  await show(noGrad(() => new Loss().forward(errors, zero))); // 25.0150, 2.3825, 2.6000
}
