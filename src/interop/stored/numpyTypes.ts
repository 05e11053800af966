// NumPy's names of element types, as files and pickles hold them.
import type { ElementName } from "./elements.ts";

const byCode = new Map<string, ElementName>([
  ["f2", "F16"],
  ["f4", "F32"],
  ["f8", "F64"],
  ["i1", "I8"],
  ["i2", "I16"],
  ["i4", "I32"],
  ["i8", "I64"],
  ["u1", "U8"],
  ["u2", "U16"],
  ["u4", "U32"],
  ["u8", "U64"],
  ["b1", "BOOL"],
  ["c8", "C64"],
  ["c16", "C128"],
]);
const byName = new Map(Array.from(byCode, ([code, name]) => [name, code]));

/** The element type of a code such as `f4`: a letter and the number of bytes. */
export function elementOfCode(code: string): ElementName | undefined {
  return byCode.get(code);
}

/** NumPy's code for an element type, such as `f4`; undefined for one that NumPy does not have, as bfloat16. */
export function codeOfElement(name: ElementName): string | undefined {
  return byName.get(name);
}

/** Size of the units whose bytes the order turns round: a complex number is two of them. */
export function orderedBytes(code: string): number {
  const bytes = Number(code.slice(1));
  return code.startsWith("c") ? bytes / 2 : bytes;
}
