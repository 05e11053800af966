// TensorFlow.js's side of the LeNet benchmark, on its plain JavaScript backend: the wasm backend has no gradient of
// a convolution (no Conv2DBackpropFilter kernel), so it cannot train this network at all.
import * as tf from "@tensorflow/tfjs";
import { serve, sideOptions } from "../../dist/bench/serve.js";
import { batches, initial, parameters } from "./lenet_data.mjs";

const options = sideOptions();
await tf.setBackend("cpu");

// The layout is tfjs's own: images [N, H, W, C], filters [kH, kW, in, out], weights [in, out].
const layouts = { 4: (s) => [s[2], s[3], s[1], s[0]], 2: (s) => [s[1], s[0]], 1: (s) => s };
const p = {};
for (const [name, shape, fanIn] of parameters) {
  const size = shape.reduce((a, b) => a * b, 1);
  p[name] = tf.variable(tf.tensor(initial(size, fanIn), layouts[shape.length](shape)));
}
const optimizer = tf.train.adam(2e-3);
const source = batches(options.data, options.batch);

function logitsOf(x) {
  let h = x.conv2d(p["conv1.weight"], 1, "valid").add(p["conv1.bias"]).sigmoid(); // [N, 24, 24, 6]
  h = h.maxPool(2, 2, "valid").sigmoid(); // [N, 12, 12, 6]
  h = h.conv2d(p["conv2.weight"], 1, "valid").add(p["conv2.bias"]).maxPool(2, 2, "valid"); // [N, 4, 4, 16]
  h = h.conv2d(p["conv3.weight"], 1, "valid").add(p["conv3.bias"]).reshape([-1, 120]);
  h = h.matMul(p["fc1.weight"]).add(p["fc1.bias"]).sigmoid();
  return h.matMul(p["fc2.weight"]).add(p["fc2.bias"]); // [N, 10]
}

let loss = Number.NaN;

async function step() {
  const { x, y } = source.next().value;
  const value = tf.tidy(() => {
    const images = tf.tensor4d(x, [options.batch, 28, 28, 1]);
    const targets = tf.oneHot(tf.tensor1d(y, "int32"), 10);
    return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(targets, logitsOf(images)), true);
  });
  loss = (await value.data())[0];
  value.dispose();
}

const about = {
  name: "tfjs",
  version: tf.version.tfjs,
  mode: "cpu backend (its wasm backend cannot train a convolution)",
};
await serve({ ...about, threads: 1 }, options, step, async () => loss);
