// TensorFlow.js's side of the comparison: its WebAssembly backend, and for training its plain JavaScript backend, because
// the other one has no gradient of a convolution's filter.
import * as tf from "@tensorflow/tfjs";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import { magnitude, uniform } from "../../dist/bench/numbers.js";
import { initialValues, parametersOf } from "../../dist/bench/parameters.js";
import { Skip, serve, sideOptions, work as timed } from "../../dist/bench/serve.js";
import { batches, pictures, scaled } from "./batches.mjs";
import { lendThreads } from "./tfjs_threads.mjs";

const options = sideOptions();
if (options.threads > 1) lendThreads(options.threads);

/** `[O, I, kH, kW]` → `[kH, kW, I, O]`, and `[out, in]` → `[in, out]`. */
const layouts = { 4: [2, 3, 1, 0], 2: [1, 0], 1: [0] };

/** The network's parameters by name, in tfjs's layout. */
function parameters(network) {
  const entries = parametersOf(network).map((spec) => {
    const { name, shape } = spec;
    return [
      name,
      tf.tidy(() => {
        const values = tf.tensor(initialValues(spec), shape);
        // What the dense layer gets lies there with its channels last.
        if (network === "vgg" && name === "fc1.weight") {
          return values.reshape([128, 128, 4, 4]).transpose([2, 3, 1, 0]).reshape([2048, 128]);
        }
        return values.transpose(layouts[shape.length]);
      }),
    ];
  });
  return Object.fromEntries(entries);
}

/** Layers for predictions: bias and activation are part of the convolution and of the product. */
function fusedLayers(p) {
  const conv = (x, name, { pad = "same", stride = 1, activation = "linear" } = {}) => {
    const fields = { x, filter: p[`${name}.weight`], strides: stride, pad, activation };
    return tf.fused.conv2d({ ...fields, bias: p[`${name}.bias`] });
  };
  const dense = (a, name, activation) =>
    tf.fused.matMul({ a, b: p[`${name}.weight`], bias: p[`${name}.bias`], activation });
  return { conv, dense };
}

const forwards = {
  lenet(x, { conv, dense }) {
    let h = conv(x, "conv1", { pad: "valid", activation: "sigmoid" }); // [N, 24, 24, 6]
    h = h.maxPool(2, 2, "valid").sigmoid(); // [N, 12, 12, 6]
    h = conv(h, "conv2", { pad: "valid" }).maxPool(2, 2, "valid"); // [N, 4, 4, 16]
    h = conv(h, "conv3", { pad: "valid" }).reshape([-1, 120]);
    return dense(dense(h, "fc1", "sigmoid"), "fc2", "linear");
  },
  vgg(x, { conv, dense }) {
    const relu = { activation: "relu" };
    let h = conv(conv(x, "conv1", relu), "conv2", relu).maxPool(2, 2, "valid"); // [N, 16, 16, 32]
    h = conv(conv(h, "conv3", relu), "conv4", relu).maxPool(2, 2, "valid"); // [N, 8, 8, 64]
    h = conv(conv(h, "conv5", relu), "conv6", relu).maxPool(2, 2, "valid"); // [N, 4, 4, 128]
    return dense(dense(h.reshape([-1, 2048]), "fc1", "relu"), "fc2", "linear");
  },
  resnet20(x, { conv, dense }) {
    const relu = { activation: "relu" };
    let h = conv(x, "conv1", relu); // [N, 32, 32, 16]
    for (let layer = 1; layer <= 3; layer++) {
      for (let block = 0; block < 3; block++) {
        const name = `layer${layer}.${block}`;
        const stride = layer > 1 && block === 0 ? 2 : 1;
        // PyTorch pads on both sides where "same" would not.
        const y = conv(h, `${name}.conv1`, { ...relu, stride, pad: 1 });
        const shortcut = stride === 1 ? h : conv(h, `${name}.downsample.0`, { stride, pad: 0 });
        h = conv(y, `${name}.conv2`).add(shortcut).relu();
      }
    }
    return dense(h.mean([1, 2]), "fc", "linear");
  },
};

/** In evaluation a fresh batch normalisation divides by √(1 + ε), which is made part of the convolution before it. */
function foldNormalisation(p) {
  const factor = 1 / Math.sqrt(1 + 1e-5);
  for (const name of Object.keys(p)) {
    if (!name.startsWith("fc")) p[name] = p[name].mul(factor);
  }
}

function infer({ network, batch }) {
  const p = parameters(network);
  if (network === "resnet20") foldNormalisation(p);
  const layers = fusedLayers(p);
  const { data, shape } = pictures(network, options.data, { channelsLast: true });
  const bytes = data.slice(
    0,
    shape.reduce((a, b) => a * b, batch),
  );
  let logits = [];
  return {
    step() {
      logits = tf.tidy(() =>
        forwards[network](tf.tensor4d(scaled(bytes), [batch, ...shape]), layers).dataSync(),
      );
    },
    finish() {},
    check: () => magnitude(logits),
  };
}

/** Layers for training, which tfjs differentiates. */
function plainLayers(p) {
  const activate = (x, name) => (name === "linear" ? x : x[name]());
  const conv = (x, name, { pad, activation = "linear" }) =>
    activate(x.conv2d(p[`${name}.weight`], 1, pad).add(p[`${name}.bias`]), activation);
  const dense = (x, name, activation) =>
    activate(x.matMul(p[`${name}.weight`]).add(p[`${name}.bias`]), activation);
  return { conv, dense };
}

function train({ network, batch }) {
  const p = {};
  for (const [name, value] of Object.entries(parameters(network))) p[name] = tf.variable(value);
  const layers = plainLayers(p);
  const optimizer = tf.train.adam(2e-3);
  const data = pictures(network, options.data, { channelsLast: true });
  const source = batches(data, batch);
  let loss = Number.NaN;
  return {
    async step() {
      const { x, y } = source.next().value;
      const value = tf.tidy(() => {
        const images = tf.tensor4d(x, [batch, ...data.shape]);
        const targets = tf.oneHot(tf.tensor1d(y, "int32"), 10);
        const lossOf = () => tf.losses.softmaxCrossEntropy(targets, forwards[network](images, layers));
        return optimizer.minimize(lossOf, true);
      });
      loss = (await value.data())[0];
      value.dispose();
    },
    finish() {},
    check: () => loss,
  };
}

/** Computes one tensor again and again; its elements are read only for the check. */
function repeated(make) {
  let result = null;
  return {
    step() {
      result?.dispose();
      result = tf.tidy(make);
    },
    finish() {},
    check: () => magnitude(result.dataSync()),
  };
}

function matmul({ size }) {
  const a = tf.tensor2d(uniform("a", size * size), [size, size]);
  const b = tf.tensor2d(uniform("b", size * size), [size, size]);
  return repeated(() => a.matMul(b));
}

function conv({ channels, size, batch, pass }) {
  const shape = [batch, channels, size, size];
  const count = batch * channels * size * size;
  const pictures = (name) => tf.tensor4d(uniform(name, count), shape).transpose([0, 2, 3, 1]);
  const w = tf
    .tensor4d(uniform("w", channels * channels * 9), [channels, channels, 3, 3])
    .transpose(layouts[4]);
  if (pass === "forward") {
    const x = pictures("x");
    return repeated(() => tf.conv2d(x, w, 1, "same"));
  }
  // The same sums as conv2dTranspose, whose kernel is some twenty times slower.
  const dy = pictures("dy");
  return repeated(() => tf.conv2d(dy, w.reverse([0, 1]).transpose([0, 1, 3, 2]), 1, "same"));
}

const kinds = { infer, matmul, conv };
const { factory } = tf.engine().registryFactory.wasm;

/** A work on a fresh wasm backend with so many threads: their number is fixed when the backend is made. */
async function openOnWasm(work, threads) {
  tf.removeBackend("wasm");
  tf.registerBackend("wasm", factory);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", threads > 1);
  wasm.setThreadsCount(threads);
  await tf.setBackend("wasm");
  const mode = threads > 1 ? "wasm with threads" : "wasm";
  return { ...kinds[work.kind](work), mode, threads: wasm.getThreadsCount() };
}

/** With threads or without: threads cost more than they give where operations are small. */
async function openFastest(work) {
  const times = [];
  for (const threads of [1, options.threads]) {
    const opened = await openOnWasm(work, threads);
    await timed(opened, options.warmup / 2);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const { steps, seconds } = await timed(opened, options.warmup / 10);
      best = Math.min(best, seconds / steps);
    }
    times.push(best);
  }
  return openOnWasm(work, times[0] < times[1] ? 1 : options.threads);
}

/** The one batch that is trained. */
const trainingBatch = 64;

await serve({ name: "tfjs", version: tf.version.tfjs }, options, async (work) => {
  if (work.kind === "layer") throw new Skip("single layers are compared with PyTorch alone");
  if (work.kind === "train") {
    if (work.network !== "lenet" || work.batch !== trainingBatch) {
      throw new Skip(
        `its training is measured on LeNet at batch ${trainingBatch} only: a step takes seconds`,
      );
    }
    await tf.setBackend("cpu");
    return { ...train(work), mode: "cpu backend", threads: 1 };
  }
  if (work.kind === "conv" && work.pass === "weight") {
    throw new Skip("its wasm backend has no gradient of a convolution's filter");
  }
  return options.threads > 1 ? openFastest(work) : openOnWasm(work, 1);
});
