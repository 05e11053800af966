// jax-js's side of the comparison: jitted functions on its wasm backend.
import { readFileSync } from "node:fs";
import { magnitude, uniform } from "../../dist/bench/numbers.js";
import { initialValues, parametersOf } from "../../dist/bench/parameters.js";
import { Skip, serve, sideOptions } from "../../dist/bench/serve.js";
import { batches, pictures, scaled } from "./batches.mjs";
import { installWebWorker } from "./web_worker.mjs";

const options = sideOptions();
// It looks for workers while it loads, so they must be there before.
if (options.threads > 1) installWebWorker(options.threads);
const { defaultDevice, init, jit, lax, nn, numpy: np, tree, valueAndGrad } = await import("@jax-js/jax");
await init("wasm");
defaultDevice("wasm");

/** Convolution without padding, then the bias: x `[N,C,H,W]`, weight `[O,C,kH,kW]`. */
const biased = (x, weight, bias) => lax.conv(x, weight, [1, 1], "VALID").add(bias.reshape([-1, 1, 1]));

/** 2 × 2 maxima. As a reshape, because it runs faster here than `lax.reduceWindow`. */
const maxPool = (x) => {
  const [n, c, h, w] = x.shape;
  return np.max(x.reshape([n, c, h / 2, 2, w / 2, 2]), [3, 5]);
};

/** LeNet. Every parameter is used once, so nothing here needs `.ref`. */
const logitsOf = (p, x) => {
  let h = nn.sigmoid(biased(x, p["conv1.weight"], p["conv1.bias"])); // [N, 6, 24, 24]
  h = nn.sigmoid(maxPool(h)); // [N, 6, 12, 12]
  h = maxPool(biased(h, p["conv2.weight"], p["conv2.bias"])); // [N, 16, 4, 4]
  h = biased(h, p["conv3.weight"], p["conv3.bias"]).reshape([-1, 120]);
  h = nn.sigmoid(np.dot(h, p["fc1.weight"].transpose()).add(p["fc1.bias"]));
  return np.dot(h, p["fc2.weight"].transpose()).add(p["fc2.bias"]); // [N, 10]
};

const lossOf = (p, x, y) => {
  const hits = nn.logSoftmax(logitsOf(p, x)).mul(nn.oneHot(y, 10));
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

const array = (values, shape) => np.array(values).reshape(shape);
const perParameter = (make) =>
  Object.fromEntries(parametersOf("lenet").map((spec) => [spec.name, make(spec)]));
const parameters = () => perParameter((spec) => array(initialValues(spec), spec.shape));
const zeros = () => perParameter(({ shape }) => np.zeros(shape));

function train({ batch }) {
  const data = pictures("lenet", options.data);
  const source = batches(data, batch);
  let state = { p: parameters(), m: zeros(), v: zeros() };
  let count = 0;
  let loss = Number.NaN;
  return {
    async step() {
      const { x, y } = source.next().value;
      count++;
      const rate = np.array(2e-3 / (1 - 0.9 ** count));
      const root = np.array(1 / Math.sqrt(1 - 0.999 ** count));
      const images = array(x, [batch, ...data.shape]);
      const { loss: value, ...next } = trainStep(state.p, state.m, state.v, rate, root, images, np.array(y));
      state = next;
      loss = (await value.data())[0]; // also waits for the step
    },
    finish() {},
    check: () => loss,
  };
}

function infer({ batch }) {
  const { data, shape } = pictures("lenet", options.data);
  const bytes = data.slice(
    0,
    shape.reduce((a, b) => a * b, batch),
  );
  const p = parameters();
  const predict = jit(logitsOf);
  let logits = [];
  return {
    async step() {
      logits = await predict(tree.ref(p), array(scaled(bytes), [batch, ...shape])).data();
    },
    finish() {},
    check: () => magnitude(logits),
  };
}

/** Computes one array again and again; its elements are read only for the check. */
function repeated(make) {
  let result = null;
  return {
    async step() {
      result?.dispose();
      result = make();
      await result.blockUntilReady();
    },
    finish() {},
    check: async () => magnitude(await result.ref.data()),
  };
}

function matmul({ size }) {
  const square = (name) => array(uniform(name, size * size), [size, size]);
  const [a, b] = [square("a"), square("b")];
  const multiply = jit((a, b) => np.dot(a, b));
  return repeated(() => multiply(a.ref, b.ref));
}

function conv({ channels, size, batch }) {
  const x = array(uniform("x", batch * channels * size * size), [batch, channels, size, size]);
  const w = array(uniform("w", channels * channels * 9), [channels, channels, 3, 3]);
  const forward = jit((x, w) => lax.conv(x, w, [1, 1], "SAME"));
  return repeated(() => forward(x.ref, w.ref));
}

const kinds = { train, infer, matmul, conv };
/** Training steps of larger batches take seconds. */
const largestTrainingBatch = 64;
/** Its first step takes some 15 s, and the gradients are no faster. */
const measuredConv = "conv 64x56 forward";

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.resolve("@jax-js/jax")), "utf8"),
);
await serve({ name: "jax-js", version }, options, (work) => {
  if (work.kind === "layer") throw new Skip("single layers are compared with PyTorch alone");
  if ("network" in work && work.network !== "lenet") throw new Skip("only LeNet is written for it");
  if (work.kind === "train" && work.batch > largestTrainingBatch) {
    throw new Skip(`training is measured up to batch ${largestTrainingBatch}: larger steps take seconds`);
  }
  if (work.kind === "conv" && work.name !== measuredConv) {
    throw new Skip(`of the convolutions only "${measuredConv}" is measured: a step takes seconds`);
  }
  return { ...kinds[work.kind](work), mode: "wasm, jit", threads: options.threads };
});
