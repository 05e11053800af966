// Reads a pickle from bytes or from a place of a file. It is data only: no pickle makes anything run but functions of the allow-list.
import type { FileParts } from "../../data/files.ts";
import { PickleCut, PickleMachine, type PickleRules } from "./machine.ts";
import { operations } from "./opcodes.ts";
import type { PickleValue } from "./values.ts";

/** Throws the error for what is wrong at a place of the file. */
export type FailAt = (message: string, offset: number) => never;

const stop = 0x2e;
/** So much is read first; where a pickle is longer, twice as much each time. */
const firstBytes = 65536;

/** A pickle's value, and where the next thing in the bytes begins. */
export interface Unpickled {
  readonly value: PickleValue;
  readonly end: number;
}

/** Reads the pickle that begins at `at` and ends within the bytes. */
export function unpickle(bytes: Uint8Array, rules: PickleRules, failAt: FailAt, at = 0): Unpickled {
  try {
    return run(bytes, at, rules, failAt);
  } catch (error) {
    if (!(error instanceof PickleCut)) throw error;
    return failAt("the pickle ends before its last opcode", bytes.length);
  }
}

/** Reads the pickle at a place of a file, and no more of the file than twice its length. */
export async function unpickleAt(
  source: FileParts,
  start: number,
  rules: PickleRules,
  failAt: FailAt,
): Promise<Unpickled> {
  const rest = source.size - start;
  const shifted: FailAt = (message, at) => failAt(message, start + at);
  for (let length = Math.min(firstBytes, rest); ; length = Math.min(2 * length, rest)) {
    const bytes = await source.read(start, length);
    try {
      const { value, end } = run(bytes, 0, rules, shifted);
      return { value, end: start + end };
    } catch (error) {
      if (!(error instanceof PickleCut)) throw error;
      if (length === rest) return failAt("the pickle ends before its last opcode", source.size);
    }
  }
}

function run(bytes: Uint8Array, at: number, rules: PickleRules, failAt: FailAt): Unpickled {
  const machine: PickleMachine = new PickleMachine(bytes, at, rules, failAt);
  for (let opcode = machine.opcode(); opcode !== stop; opcode = machine.opcode()) {
    const operation = operations.get(opcode);
    if (!operation) {
      machine.fail(`opcode 0x${opcode.toString(16).padStart(2, "0")} is none that weights need`);
    }
    operation(machine);
  }
  return { value: machine.pop(), end: machine.at };
}
