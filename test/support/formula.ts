// Numbers by a formula that test/oracle/networks.py knows too, so that networks' parameters need not be stored.

import { type Shape, sizeOf } from "../../src/base/shape.ts";
import { Tensor } from "../../src/index.ts";
import { crc32 } from "../../src/picture/png.ts";

/** Numbers in [low, high) that follow from name and position alone, the same bits as in Python. */
export function formula(name: string, shape: Shape, low: number, high: number): Tensor {
  const key = crc32(new TextEncoder().encode(name));
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    let x = Math.imul(i, 0x9e3779b1) ^ key;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    data[i] = low + (high - low) * (((x ^ (x >>> 16)) >>> 8) * 2 ** -24);
  }
  return Tensor.fromArray(data, shape);
}
