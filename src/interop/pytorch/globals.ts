// What PyTorch's files may ask for: tensors and storages as descriptions of where their elements lie, types, sizes and devices.
// Source: torch/_utils.py and torch/serialization.py, and the allow-list of torch/_weights_only_unpickler.py.
import type { Shape } from "../../base/shape.ts";
import { sizeOf } from "../../base/shape.ts";
import { pythonGlobals } from "../pickle/collections.ts";
import { numpyGlobals } from "../pickle/numpy.ts";
import {
  itemsOf,
  kindOf,
  PickleFunction,
  PickleObject,
  type PickleValue,
  type Refuse,
  stringOf,
  Tuple,
  wholeOf,
  wholesOf,
} from "../pickle/values.ts";
import { type ElementName, elementType } from "../stored/elements.ts";
import { extentOf } from "../stored/layout.ts";

/** `torch.float32` and its like. */
export class TorchType extends PickleObject {
  readonly storedAs: ElementName;

  constructor(storedAs: ElementName) {
    super();
    this.storedAs = storedAs;
  }
}

/** The class of a storage; null for bytes whose type the tensor says. */
export class StorageType extends PickleObject {
  readonly storedAs: ElementName | null;

  constructor(storedAs: ElementName | null) {
    super();
    this.storedAs = storedAs;
  }
}

/** A storage that the file holds, or a part of one. */
export class Storage extends PickleObject {
  readonly key: string;
  readonly storedAs: ElementName | null;
  /** Bytes of the whole that the file holds. */
  readonly wholeLength: number;
  readonly byteOffset: number;
  readonly byteLength: number;

  constructor(
    key: string,
    storedAs: ElementName | null,
    wholeLength: number,
    { byteOffset = 0, byteLength = wholeLength } = {},
  ) {
    super();
    this.key = key;
    this.storedAs = storedAs;
    this.wholeLength = wholeLength;
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
  }
}

/** A tensor: which elements of which storage. */
export class TensorView extends PickleObject {
  readonly storage: Storage;
  readonly storedAs: ElementName;
  /** In elements, from the beginning of the storage. */
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];

  constructor(
    storage: Storage,
    storedAs: ElementName,
    offset: number,
    shape: Shape,
    strides: readonly number[],
  ) {
    super();
    this.storage = storage;
    this.storedAs = storedAs;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

const types: Readonly<Record<string, ElementName>> = {
  float64: "F64",
  double: "F64",
  float32: "F32",
  float: "F32",
  float16: "F16",
  half: "F16",
  bfloat16: "BF16",
  float8_e4m3fn: "F8_E4M3",
  float8_e5m2: "F8_E5M2",
  float8_e4m3fnuz: "F8_E4M3FNUZ",
  float8_e5m2fnuz: "F8_E5M2FNUZ",
  float8_e8m0fnu: "F8_E8M0",
  int64: "I64",
  long: "I64",
  int32: "I32",
  int: "I32",
  int16: "I16",
  short: "I16",
  int8: "I8",
  uint8: "U8",
  uint16: "U16",
  uint32: "U32",
  uint64: "U64",
  bool: "BOOL",
  complex64: "C64",
  cfloat: "C64",
  complex128: "C128",
  cdouble: "C128",
};

const storages: Readonly<Record<string, ElementName>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
  ComplexFloatStorage: "C64",
  ComplexDoubleStorage: "C128",
};

/** `(storage, offset, size, stride, requires_grad, hooks)` */
const rebuildTensor = new PickleFunction("torch._utils._rebuild_tensor_v2", (args, fail) => {
  const [storage] = args;
  if (!(storage instanceof Storage)) return fail(`expected a storage; found ${kindOf(storage)}`);
  const storedAs = storage.storedAs ?? "U8";
  return viewOf(storage, storedAs, args, fail);
});

/** The same, with the type of the elements behind the hooks, for types that have no class of storages. */
const rebuildTyped = new PickleFunction("torch._utils._rebuild_tensor_v3", (args, fail) => {
  const [storage, , , , , , type] = args;
  if (!(storage instanceof Storage)) return fail(`expected a storage; found ${kindOf(storage)}`);
  if (!(type instanceof TorchType)) return fail(`expected a dtype; found ${kindOf(type)}`);
  return viewOf(storage, type.storedAs, args, fail);
});

function viewOf(
  storage: Storage,
  storedAs: ElementName,
  [, offsetValue, sizeValue, strideValue]: readonly PickleValue[],
  fail: Refuse,
): TensorView {
  const offset = wholeOf(offsetValue, "a tensor's offset", fail);
  const shape = wholesOf(sizeValue, "a tensor's size", fail);
  const strides = wholesOf(strideValue, "a tensor's stride", fail);
  if (shape.length !== strides.length) {
    fail(`a tensor of ${shape.length} axes has ${strides.length} strides`);
  }
  const size = elementType(storedAs).bits / 8;
  const end = (offset + extentOf(shape, strides)) * size;
  if (sizeOf(shape) > 0 && end > storage.byteLength) {
    fail(
      `a tensor [${shape.join(", ")}] with strides [${strides.join(", ")}] at element ${offset} ends at byte ${end} of storage ${storage.key}, which has ${storage.byteLength}`,
    );
  }
  return new TensorView(storage, storedAs, offset, shape, strides);
}

const rebuildParameter = new PickleFunction("torch._utils._rebuild_parameter", ([data], fail) => {
  return data instanceof TensorView ? data : fail(`expected a tensor; found ${kindOf(data)}`);
});

const size = new PickleFunction(
  "torch.Size",
  ([sizes], fail) => new Tuple(wholesOf(sizes ?? new Tuple([]), "sizes", fail)),
);

const device = new PickleFunction("torch.device", ([type, index], fail) => {
  const name = stringOf(type, "a device", fail);
  return index === undefined || index === null ? name : `${name}:${wholeOf(index, "its number", fail)}`;
});

/** Everything that a file of PyTorch may ask for. */
export const torchGlobals: ReadonlyMap<string, PickleValue> = new Map<string, PickleValue>([
  ["torch._utils _rebuild_tensor", rebuildTensor],
  ["torch._utils _rebuild_tensor_v2", rebuildTensor],
  ["torch._utils _rebuild_tensor_v3", rebuildTyped],
  ["torch._utils _rebuild_parameter", rebuildParameter],
  ["torch._utils _rebuild_parameter_with_state", rebuildParameter],
  ["torch Size", size],
  ["torch device", device],
  ["torch.storage UntypedStorage", new StorageType(null)],
  ["torch UntypedStorage", new StorageType(null)],
  ...Object.entries(storages).flatMap(([name, storedAs]): [string, PickleValue][] => [
    [`torch ${name}`, new StorageType(storedAs)],
    [`torch.storage ${name}`, new StorageType(storedAs)],
  ]),
  ...Object.entries(types).map(([name, storedAs]): [string, PickleValue] => [
    `torch ${name}`,
    new TorchType(storedAs),
  ]),
  ...pythonGlobals,
  ...numpyGlobals,
]);

/** The classes of storages and tensor types that files which are written ask for. */
export function storageClass(storedAs: ElementName): string | undefined {
  return Object.keys(storages).find((name) => storages[name] === storedAs);
}

/** PyTorch's name of an element type, such as `float8_e4m3fn`. */
export function typeName(storedAs: ElementName): string | undefined {
  return Object.keys(types).find((name) => types[name] === storedAs);
}

/**
 * The storage of a persistent id: `("storage", class, key, device, elements)`, and in the legacy form a part of that storage,
 * `(key, offset, elements)` or None.
 */
export function storageOf(id: PickleValue, fail: Refuse): Storage {
  const [kind, type, key, , count, part] = itemsOf(id, "a persistent id", fail);
  if (kind !== "storage") return fail(`expected the persistent id of a storage; found ${kindOf(kind)}`);
  if (!(type instanceof StorageType)) return fail(`expected a storage's class; found ${kindOf(type)}`);
  const bytes = type.storedAs === null ? 1 : elementType(type.storedAs).bits / 8;
  const name = stringOf(key, "a storage's key", fail);
  const length = wholeOf(count, "a storage's size", fail) * bytes;
  if (part === undefined || part === null) return new Storage(name, type.storedAs, length);
  const [, offset, partCount] = itemsOf(part, "a part of a storage", fail);
  const [start, size] = [wholeOf(offset, "its offset", fail), wholeOf(partCount, "its size", fail)];
  if ((start + size) * bytes > length) fail(`a part of storage ${name} ends behind it`);
  return new Storage(name, type.storedAs, length, { byteOffset: start * bytes, byteLength: size * bytes });
}
