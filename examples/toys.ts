// A multilayer perceptron learns which arm of a spiral a point belongs to; what it thinks of the whole plane is printed as characters.
import { manualSeed, nn, noGrad, optim, tensor } from "fovea";
import { DataLoader, spirals } from "fovea/data";

manualSeed(0);
const [train, held] = spirals({ count: 400, classes: 3, turns: 0.6, noise: 0.03 }).split(0.75, { seed: 1 });
const model = new nn.MLP(2, [32, 32, 3], { activation: nn.Tanh });
const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
const loader = new DataLoader(train, { batchSize: 50, shuffle: true });
for (let epoch = 0; epoch < 60; epoch++) {
  for (const [x, y] of loader) {
    const loss = nn.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}

/** The classes that the model gives to points one after another, `[x, y, x, y, …]`. */
async function classesOf(points: Float32Array): Promise<ArrayLike<number>> {
  const x = tensor(points, { shape: [points.length / 2, 2] });
  return noGrad(() => model.forward(x).argmax(1)).data();
}

const guesses = await classesOf(held.data as Float32Array);
const right = held.labels.filter((label, i) => label === guesses[i]).length;
console.log(`${right} of ${held.length} points that it has not seen are right`);

// The square −1 … 1, a character for each place; letters are the training points.
const [rows, columns] = [21, 42];
const grid = new Float32Array(rows * columns * 2);
for (let i = 0; i < rows * columns; i++) {
  grid[2 * i] = -1 + (2 * (i % columns)) / (columns - 1);
  grid[2 * i + 1] = 1 - (2 * Math.floor(i / columns)) / (rows - 1);
}
const picture = Array.from(await classesOf(grid), (label) => " ·:"[label]!);
for (let i = 0; i < train.length; i++) {
  const { data, label } = train.get(i);
  const [column, row] = [((data[0]! + 1) / 2) * (columns - 1), ((1 - data[1]!) / 2) * (rows - 1)].map(
    Math.round,
  ) as [number, number];
  if (column >= 0 && column < columns && row >= 0 && row < rows)
    picture[row * columns + column] = "abc"[label]!;
}
for (let row = 0; row < rows; row++) {
  console.log(
    picture
      .slice(row * columns, (row + 1) * columns)
      .join("")
      .trimEnd(),
  );
}
