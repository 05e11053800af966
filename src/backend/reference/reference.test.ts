import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, programOf, type Role, result, run, whole } from "../../../test/support/program.ts";
import { byteSize, type DType, viewOf } from "../../base/dtype.ts";
import { UnsupportedError } from "../../base/errors.ts";
import { contiguousStrides, sizeOf } from "../../base/shape.ts";
import { apply, cast, constant, type Expr, load } from "../../kernel/expr.ts";
import type { Access, Kernel } from "../../kernel/kernel.ts";
import { createReferenceBackend } from "./reference.ts";

/** Applies an expression of equally long inputs elementwise. */
function map(expr: Expr, inputs: readonly [DType, number[]][]): number[] {
  const n = inputs[0]![1].length;
  const specs = inputs.map(([dtype]): [Role, DType, number] => ["input", dtype, n]);
  const out = inputs.length;
  const kernel: Kernel = {
    kind: "loop",
    dims: [n],
    loads: inputs.map((_, i) => whole(i, [n])),
    reduction: null,
    outputs: [{ access: whole(out, [n]), expr }],
  };
  const arrays = inputs.map(([dtype, data]) => {
    const array = viewOf(dtype, new ArrayBuffer(n * byteSize(dtype)), 0, n);
    array.set(data);
    return array;
  });
  return Array.from(run(programOf([...specs, ["output", expr.dtype, n]], [kernel]), arrays)[0]!);
}

test("integers wrap around and divide by truncation, x / 0 being 0", () => {
  const a = load(0, "int32");
  const b = load(1, "int32");
  const pair = (x: number[], y: number[]): [DType, number[]][] => [
    ["int32", x],
    ["int32", y],
  ];
  assert.deepEqual(map(apply("add", a, b), pair([2147483647, -5], [1, 2])), [-2147483648, -3]);
  assert.deepEqual(map(apply("mul", a, b), pair([123456789, 65536], [987654321, 65536])), [-67153019, 0]);
  assert.deepEqual(
    map(apply("div", a, b), pair([7, -7, 7, -2147483648], [2, 2, 0, -1])),
    [3, -3, 0, -2147483648],
  );
  assert.deepEqual(
    map(apply("pow", a, b), pair([3, -2, 2, 3, -1], [4, 3, -1, 40, -3])),
    [81, -8, 0, 689956897, -1],
  );
  assert.deepEqual(map(apply("shiftRight", a, b), pair([-1, -1], [28, 0])), [15, -1]);
  const bytes: [DType, number[]][] = [
    ["uint8", [250, 3, 200]],
    ["uint8", [10, 5, 200]],
  ];
  assert.deepEqual(map(apply("add", load(0, "uint8"), load(1, "uint8")), bytes), [4, 8, 144]);
  assert.deepEqual(map(apply("sub", load(0, "uint8"), load(1, "uint8")), bytes), [240, 254, 0]);
  assert.deepEqual(map(apply("mul", load(0, "uint8"), load(1, "uint8")), bytes), [196, 15, 64]);
});

test("casts truncate, saturate, wrap and test for zero", () => {
  const values: [DType, number[]] = ["float32", [2.7, -2.7, 3e9, -3e9, Number.NaN, 300.5, 0]];
  const x = load(0, "float32");
  assert.deepEqual(map(cast(x, "int32"), [values]), [2, -2, 2147483647, -2147483648, 0, 300, 0]);
  assert.deepEqual(map(cast(x, "uint8"), [values]), [2, 254, 255, 0, 0, 44, 0]);
  assert.deepEqual(map(cast(x, "bool"), [values]), [1, 1, 1, 1, 1, 1, 0]);
  assert.deepEqual(map(cast(load(0, "uint8"), "float32"), [["uint8", [0, 200]]]), [0, 200]);
  assert.deepEqual(map(cast(load(0, "int32"), "uint8"), [["int32", [-1, 2147483647, 256]]]), [255, 255, 0]);
});

test("float32 values are rounded after every function, float64 ones are not", () => {
  const x32 = load(0, "float32");
  const big = apply("sub", apply("add", x32, 16777216), 16777216);
  assert.deepEqual(map(big, [["float32", [1, 3]]]), [0, 4]);
  const x64 = load(0, "float64");
  assert.deepEqual(map(apply("sub", apply("add", x64, 16777216), 16777216), [["float64", [1, 3]]]), [1, 3]);
  assert.deepEqual(map(apply("eq", x32, 0.1), [["float32", [0.1, 0.2]]]), [1, 0]);
});

test("a shared sub-expression of depth 60 is computed once", () => {
  let e: Expr = load(0, "float64");
  for (let i = 0; i < 60; i++) e = apply("mul", apply("add", e, e), 0.5);
  assert.deepEqual(map(e, [["float64", [1.5]]]), [1.5]);
});

test("select, indices, run-time scalars and strided windows", () => {
  const row: Expr = { kind: "index", axis: 0, dtype: "int32" };
  const column: Expr = { kind: "index", axis: 1, dtype: "int32" };
  const lr: Expr = { kind: "scalar", slot: 0, dtype: "float32" };
  const expr = apply("select", apply("eq", row, column), lr, load(0, "float32"));
  const kernel: Kernel = {
    kind: "loop",
    dims: [2, 3],
    loads: [{ buffer: 0, offset: 5, strides: [-1, -2] }], // The transpose of a reversed [3, 2].
    reduction: null,
    outputs: [{ access: whole(1, [2, 3]), expr }],
  };
  const program = programOf(
    [
      ["input", "float32", 6],
      ["output", "float32", 6],
    ],
    [kernel],
    ["float32"],
  );
  const [out] = run(program, [Float32Array.of(0, 1, 2, 3, 4, 5)], [9]);
  assert.deepEqual(Array.from(out!), [9, 3, 1, 4, 9, 0]);
});

test("in place, all outputs see the old elements", () => {
  const [x, y] = [load(0, "float32"), load(1, "float32")];
  const swap: Kernel = {
    kind: "loop",
    dims: [3],
    loads: [whole(0, [3]), whole(1, [3])],
    reduction: null,
    outputs: [
      { access: whole(0, [3]), expr: y },
      { access: whole(1, [3]), expr: apply("add", x, y) },
    ],
  };
  const backend = createReferenceBackend();
  const variables = [backend.createVariable("float32", 3), backend.createVariable("float32", 3)];
  variables[0]!.write(Float32Array.of(1, 2, 3));
  variables[1]!.write(Float32Array.of(10, 20, 30));
  const specs: [Role, DType, number][] = [
    ["variable", "float32", 3],
    ["variable", "float32", 3],
  ];
  const executable = backend.compile(programOf(specs, [swap]));
  executable.run({ inputs: [], variables, scalars: [] });
  assert.deepEqual(Array.from(variables[0]!.read()), [10, 20, 30]);
  assert.deepEqual(Array.from(variables[1]!.read()), [11, 22, 33]);
  assert.equal(backend.variableBytes, 24);
  for (const variable of variables) variable.free();
  variables[0]!.free();
  assert.equal(backend.variableBytes, 0);
  assert.throws(() => variables[0]!.read(), /after it was freed/);
});

test("reductions: values, first best index, NaN, empty", () => {
  const reduce = (
    kind: "sum" | "prod" | "max" | "min" | "argmax" | "argmin",
    data: number[],
    dims: number[],
  ) => {
    const dtype: DType = kind.startsWith("arg") ? "int32" : "float32";
    const kernel: Kernel = {
      kind: "loop",
      dims: [2],
      loads: [{ buffer: 0, offset: 0, strides: [sizeOf(dims), ...contiguousStrides(dims)] }],
      reduction: { kind, dims, body: load(0, "float32") },
      outputs: [{ access: whole(1, [2]), expr: result(dtype) }],
    };
    const program = programOf(
      [
        ["input", "float32", data.length],
        ["output", dtype, 2],
      ],
      [kernel],
    );
    return Array.from(run(program, [Float32Array.from(data)])[0]!);
  };
  const data = [3, 1, 4, 4, -5, 2, -6, -5, -6, 3, 3, 1];
  assert.deepEqual(reduce("sum", data, [2, 3]), [9, -10]);
  assert.deepEqual(reduce("prod", data, [3, 2]), [-480, -1620]);
  assert.deepEqual(reduce("max", data, [6]), [4, 3]);
  assert.deepEqual(reduce("min", data, [6]), [-5, -6]);
  assert.deepEqual(reduce("argmax", data, [2, 3]), [2, 3]);
  assert.deepEqual(reduce("argmin", data, [2, 3]), [4, 0]);
  const nan = [1, Number.NaN, 9, Number.NaN, 0, 0];
  assert.deepEqual(reduce("max", nan, [3]), [Number.NaN, Number.NaN]);
  assert.deepEqual(reduce("argmax", nan, [3]), [1, 0]);
  assert.deepEqual(reduce("sum", [], [0]), [0, 0]);
  assert.deepEqual(reduce("prod", [], [0]), [1, 1]);
  // 1 + 2²⁴ times 2⁻²⁴ is lost when summed in float32 from the left; a float64 sum keeps it.
  assert.deepEqual(reduce("sum", [16777216, 1, 1, 0.25, 0.25, 0.5], [3]), [16777218, 1]);
});

test("int32 sums wrap, and outputs of a reduction combine it with loads of their own", () => {
  const kernel: Kernel = {
    kind: "loop",
    dims: [2],
    loads: [
      { buffer: 0, offset: 0, strides: [2, 1] },
      { buffer: 1, offset: 0, strides: [1, 0] },
    ],
    reduction: { kind: "sum", dims: [2], body: load(0, "int32") },
    outputs: [{ access: whole(2, [2]), expr: apply("mul", result("int32"), load(1, "int32")) }],
  };
  const program = programOf(
    [
      ["input", "int32", 4],
      ["input", "int32", 2],
      ["output", "int32", 2],
    ],
    [kernel],
  );
  const [out] = run(program, [Int32Array.of(2147483647, 2, 3, 4), Int32Array.of(1, 10)]);
  assert.deepEqual(Array.from(out!), [-2147483647, 70]);
});

test("a value whose memory was given to another is lost, as the arena says", () => {
  const n = 4;
  const copy = (from: number, to: number, add: number): Kernel => ({
    kind: "loop",
    dims: [n],
    loads: [whole(from, [n])],
    reduction: null,
    outputs: [{ access: whole(to, [n]), expr: apply("add", load(0, "float32"), add) }],
  });
  const specs: [Role, DType, number][] = [
    ["input", "float32", n],
    ["temp", "float32", n],
    ["temp", "float32", n],
    ["output", "float32", n],
  ];
  const program = programOf(specs, [copy(0, 1, 1), copy(0, 2, 2), copy(1, 3, 0)]);
  const input = Float32Array.of(10, 20, 30, 40);
  assert.deepEqual(Array.from(run(program, [input])[0]!), [11, 21, 31, 41]);
  const [x, t1, t2, out] = program.buffers;
  const faulty = { ...program, buffers: [x!, t1!, { ...t2!, offset: t1!.offset }, out!] };
  assert.deepEqual(Array.from(run(faulty, [input])[0]!), [12, 22, 32, 42]);
  // A buffer that nothing has written reads as NaN.
  const unwritten = { ...program, stages: [[copy(1, 3, 0)]], labels: [["loop"]] };
  assert.deepEqual(Array.from(run(unwritten, [input])[0]!), [Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
});

test("malformed programs are refused with the kernel's label and the buffer", () => {
  const kernel = (access: Access, expr: Expr): Kernel => ({
    kind: "loop",
    dims: [4],
    loads: [access],
    reduction: null,
    outputs: [{ access: whole(1, [4]), expr }],
  });
  const compile = (k: Kernel) =>
    createReferenceBackend().compile(
      programOf(
        [
          ["input", "float32", 4],
          ["output", "float32", 4],
        ],
        [k],
      ),
    );
  const x = load(0, "float32");
  const broken: [Kernel, RegExp][] = [
    [
      kernel({ buffer: 0, offset: 1, strides: [1] }, x),
      /kernel "loop".*elements 1 to 4 of buffer 0, which has 4/,
    ],
    [kernel({ buffer: 0, offset: 0, strides: [-1] }, x), /elements -3 to 0/],
    [kernel({ buffer: 0, offset: 0, strides: [1, 1] }, x), /strides \[1, 1\].*dims \[4\]/],
    [kernel({ buffer: 7, offset: 0, strides: [1] }, x), /buffer 7 does not exist/],
    [
      kernel(whole(0, [4]), cast(load(0, "int32"), "float32")),
      /load 0 of dtype int32 reads buffer 0 of dtype float32/,
    ],
    [
      kernel(whole(0, [4]), constant(1, "int32")),
      /output of dtype int32 is stored in buffer 1 of dtype float32/,
    ],
    [kernel(whole(0, [4]), load(1, "float32")), /reads load 1 of 1/],
  ];
  for (const [k, message] of broken) {
    assert.throws(
      () => compile(k),
      (error) => error instanceof UnsupportedError && message.test(error.message),
    );
  }
  const overwriting: Kernel = {
    kind: "matmul",
    batch: [],
    m: 2,
    n: 2,
    k: 2,
    a: whole(0, [2, 2]),
    b: whole(1, [2, 2]),
    epilogue: plain(1, [2, 2]),
  };
  assert.throws(() => compile(overwriting), /buffer 1 overwrites operand 1/);
});

test("zero-size and scalar index spaces", () => {
  const kernel = (dims: number[]): Kernel => ({
    kind: "loop",
    dims,
    loads: [whole(0, dims)],
    reduction: null,
    outputs: [{ access: whole(1, dims), expr: apply("neg", load(0, "float32")) }],
  });
  const empty = programOf(
    [
      ["input", "float32", 0],
      ["output", "float32", 0],
    ],
    [kernel([2, 0])],
  );
  assert.equal(run(empty, [new Float32Array(0)])[0]!.length, 0);
  const scalar = programOf(
    [
      ["input", "float32", 1],
      ["output", "float32", 1],
    ],
    [kernel([])],
  );
  assert.deepEqual(Array.from(run(scalar, [Float32Array.of(3)])[0]!), [-3]);
});
