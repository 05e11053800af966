// Counts the bytes of typed arrays and buffers that code asks for, whether or not they are ever freed.

const counted = [
  "ArrayBuffer",
  "Uint8Array",
  "Int8Array",
  "Uint16Array",
  "Int16Array",
  "Uint32Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
] as const;

let total = 0;
let isCounting = false;

/** From the first call on, the global constructors count what they make. */
function countAllocations(): void {
  if (isCounting) return;
  isCounting = true;
  for (const name of counted) {
    const real = globalThis[name] as unknown as new (...args: unknown[]) => { byteLength: number };
    const counting = new Proxy(real, {
      construct(target, args) {
        // More than is ever right is not even tried: it would end the process rather than the case.
        if (typeof args[0] === "number" && args[0] > 2 ** 30)
          throw new RangeError(`${name} of ${args[0]} elements`);
        const made = Reflect.construct(target, args, target) as { byteLength: number };
        const isView = args[0] instanceof ArrayBuffer || args[0] instanceof SharedArrayBuffer;
        if (!isView) total += made.byteLength;
        return made;
      },
    });
    Object.defineProperty(globalThis, name, { value: counting, writable: true, configurable: true });
  }
}

/** Bytes that `run` allocates in typed arrays and buffers, all together. */
export async function allocationsOf(run: () => Promise<void>): Promise<number> {
  countAllocations();
  const before = total;
  await run();
  return total - before;
}
