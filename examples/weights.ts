// Weights in the files of others: written for PyTorch, Paddle and NumPy, looked at, and read tensor by tensor. Takes the folder to write into.
import { mkdirSync, writeFileSync } from "node:fs";
import {
  encodeNpz,
  encodePaddle,
  encodePyTorch,
  encodeSafetensors,
  loadWeights,
  openWeights,
  readWeights,
  weightsOf,
} from "fovea/interop";
import { lenet } from "fovea/vision";

const folder = process.argv[2] ?? "runs/weights";
mkdirSync(folder, { recursive: true });

const net = lenet();
const arrays = await weightsOf(net);
writeFileSync(`${folder}/lenet.pt`, encodePyTorch(arrays)); // torch.load(path, weights_only=True)
writeFileSync(`${folder}/lenet.pdparams`, encodePaddle(await weightsOf(net, { layout: "paddle" }))); // paddle.load(path)
writeFileSync(`${folder}/lenet.npz`, encodeNpz(arrays)); // numpy.load(path)
writeFileSync(`${folder}/half.safetensors`, encodeSafetensors(arrays, new Map(), { floats: "BF16" }));

const file = await openWeights(`${folder}/half.safetensors`); // the header alone is read
for (const { name, shape, storedAs } of [...file.tensors.values()].slice(0, 2)) {
  console.log(`${name}: ${storedAs} [${shape.join(", ")}]`);
}
const { dtype, data } = await file.tensors.get("conv1.bias")!.read(); // these bytes and no others
await file.close();
console.log(`${data.length} values as ${dtype}`);

for (const name of ["lenet.pt", "lenet.pdparams", "lenet.npz"]) {
  const copy = lenet();
  await loadWeights(copy, `${folder}/${name}`); // names and shapes must agree
  const isSame = [...(await weightsOf(copy))].every(
    ([key, { data }]) => String(data) === String(arrays.get(key)?.data),
  );
  console.log(`${name}: ${isSame ? "the same values" : "other values"}`);
}

const { format, tensors } = await readWeights(`${folder}/lenet.npz`); // everything at once, as typed arrays
console.log(`${tensors.size} tensors of ${format}`);
