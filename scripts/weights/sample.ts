// Writes the first hundred test pictures of Fashion-MNIST (MIT licence, © Zalando SE) for the tests, which can't count on having the whole set:
// node dist/scripts/weights/sample.js
import { writeFileSync } from "node:fs";
import { dataSets } from "../../src/cli/datasets.ts";
import { encodeSafetensors } from "../../src/interop/index.ts";

const set = (await dataSets.get("fashion-mnist")!.load("test")).slice(0, 100);
const { data, labels } = set.batch(Int32Array.from({ length: set.length }, (_, i) => i));
const bytes = encodeSafetensors(
  new Map([
    ["images", { dtype: "uint8", shape: [set.length, 28, 28], data }],
    ["labels", { dtype: "int32", shape: [set.length], data: labels }],
  ]),
);
writeFileSync(new URL("../../../test/oracle/fashion-sample.safetensors", import.meta.url), bytes);
