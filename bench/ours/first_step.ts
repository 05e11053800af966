// One fresh process of the "startup" benchmark: imports the library, trains LeNet for one step, prints the times.
const begin = performance.now();
const { nn, optim, tensor } = await import("../../src/index.ts");
const vision = await import("../../src/vision/index.ts");
const imported = performance.now() - begin;

const batch = 64;
const images = Uint8Array.from({ length: batch * 28 * 28 }, (_, i) => (i * 37) % 256);
const labels = Uint8Array.from({ length: batch }, (_, i) => i % 10);
const model = new vision.LeNet();
const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });
const x = tensor(images, { shape: [batch, 1, 28, 28] })
  .cast("float32")
  .mul(1 / 255);
const loss = nn.crossEntropy(model.forward(x), tensor(labels));
loss.backward();
optimizer.step();
const value = await loss.item();
const firstStep = performance.now() - begin;

if (!Number.isFinite(value)) throw new Error(`startup: the loss is ${value}`);
console.log(JSON.stringify({ imported, firstStep }));
process.exit(0);
