// Weights in the files of others: written for PyTorch, Paddle and NumPy, looked at, and read tensor by tensor. Takes the folder to write into.
import { mkdirSync, writeFileSync } from "node:fs";
import { Tensor } from "fovea";
import {
  type ArrayToStore,
  encodeNpz,
  encodePaddle,
  encodePyTorch,
  encodeSafetensors,
  openWeights,
  readWeights,
} from "fovea/interop";
import { lenet } from "fovea/vision";

const folder = process.argv[2] ?? "runs/weights";
mkdirSync(folder, { recursive: true });

const net = lenet();
const arrays = new Map<string, ArrayToStore>();
for (const [name, t] of net.stateDict())
  arrays.set(name, { dtype: t.dtype, shape: t.shape, data: await t.data() });
writeFileSync(`${folder}/lenet.pt`, encodePyTorch(arrays)); // torch.load(path, weights_only=True)
writeFileSync(`${folder}/lenet.pdparams`, encodePaddle(arrays)); // paddle.load(path)
writeFileSync(`${folder}/lenet.npz`, encodeNpz(arrays)); // numpy.load(path)
writeFileSync(`${folder}/half.safetensors`, encodeSafetensors(arrays, new Map(), { floats: "BF16" }));

const file = await openWeights(`${folder}/half.safetensors`); // the header alone is read
for (const { name, shape, storedAs } of [...file.tensors.values()].slice(0, 2)) {
  console.log(`${name}: ${storedAs} [${shape.join(", ")}]`);
}
const { dtype, data } = await file.tensors.get("conv1.bias")!.read(); // these bytes and no others
await file.close();
console.log(`${data.length} values as ${dtype}`);

const { format, tensors } = await readWeights(`${folder}/lenet.pt`, { stripPrefix: true });
const state = new Map<string, Tensor>();
for (const [name, { data, shape, dtype }] of tensors) state.set(name, Tensor.fromArray(data, shape, dtype));
net.loadStateDict(state); // names and shapes must agree
console.log(`${state.size} tensors of ${format}`);

for (const name of ["lenet.pdparams", "lenet.npz"]) {
  const read = await readWeights(`${folder}/${name}`);
  const isSame = [...read.tensors].every(([key, { data }]) => String(data) === String(arrays.get(key)?.data));
  console.log(`${read.format}: ${isSame ? "the same values" : "other values"}`);
}
