// jax-js's side of the LeNet benchmark: one jitted training step on its wasm backend.
import { readFileSync } from "node:fs";
import { serve, sideOptions } from "../../dist/bench/serve.js";
import { batches, initial, parameters } from "./lenet_data.mjs";
import { installWebWorker } from "./web_worker.mjs";

const options = sideOptions();
// It looks for workers while it loads, so they must be there before.
if (options.threads > 1) installWebWorker(options.threads);
const { defaultDevice, init, jit, lax, nn, numpy: np, tree, valueAndGrad } = await import("@jax-js/jax");
await init("wasm");
defaultDevice("wasm");

/** Convolution without padding, then the bias: x `[N,C,H,W]`, weight `[O,C,kH,kW]`. */
const conv = (x, weight, bias) => lax.conv(x, weight, [1, 1], "VALID").add(bias.reshape([-1, 1, 1]));

/** 2 × 2 maxima. As a reshape, because it runs faster here than `lax.reduceWindow`. */
const maxPool = (x) => {
  const [n, c, h, w] = x.shape;
  return np.max(x.reshape([n, c, h / 2, 2, w / 2, 2]), [3, 5]);
};

// Every parameter is used once, so nothing here needs `.ref`.
const lossOf = (p, x, y) => {
  let h = nn.sigmoid(conv(x, p["conv1.weight"], p["conv1.bias"])); // [N, 6, 24, 24]
  h = nn.sigmoid(maxPool(h)); // [N, 6, 12, 12]
  h = maxPool(conv(h, p["conv2.weight"], p["conv2.bias"])); // [N, 16, 4, 4]
  h = conv(h, p["conv3.weight"], p["conv3.bias"]).reshape([-1, 120]);
  h = nn.sigmoid(np.dot(h, p["fc1.weight"].transpose()).add(p["fc1.bias"]));
  const logits = np.dot(h, p["fc2.weight"].transpose()).add(p["fc2.bias"]); // [N, 10]
  const hits = nn.logSoftmax(logits).mul(nn.oneHot(y, 10));
  return np.mean(np.sum(hits, 1)).mul(-1);
};

// Adam, lr 2e-3; `rate` and `root` carry the corrections for the step number.
const trainStep = jit((p, m, v, rate, root, x, y) => {
  const [loss, g] = valueAndGrad(lossOf)(tree.ref(p), x, y);
  const next = { p: {}, m: {}, v: {}, loss };
  for (const name of Object.keys(p)) {
    next.m[name] = m[name].mul(0.9).add(g[name].ref.mul(0.1));
    next.v[name] = v[name].mul(0.999).add(np.square(g[name]).mul(0.001));
    const step = next.m[name].ref.div(np.sqrt(next.v[name].ref).mul(root.ref).add(1e-8)).mul(rate.ref);
    next.p[name] = p[name].sub(step);
  }
  rate.dispose();
  root.dispose();
  return next;
});

const zeros = () => Object.fromEntries(parameters.map(([name, shape]) => [name, np.zeros(shape)]));
let state = {
  p: Object.fromEntries(
    parameters.map(([name, shape, fanIn]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, np.array(initial(size, fanIn)).reshape(shape)];
    }),
  ),
  m: zeros(),
  v: zeros(),
};
let count = 0;
const source = batches(options.data, options.batch);

let loss = Number.NaN;

async function step() {
  const { x, y } = source.next().value;
  count++;
  const rate = np.array(2e-3 / (1 - 0.9 ** count));
  const root = np.array(1 / Math.sqrt(1 - 0.999 ** count));
  const images = np.array(x).reshape([options.batch, 1, 28, 28]);
  const { loss: value, ...next } = trainStep(state.p, state.m, state.v, rate, root, images, np.array(y));
  state = next;
  loss = (await value.data())[0]; // also waits for the step
}

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.resolve("@jax-js/jax")), "utf8"),
);
await serve(
  { name: "jax-js", version, mode: "wasm, jit", threads: options.threads },
  options,
  step,
  async () => loss,
);
