// What a command is: options, help and a function. Each lives in a file of its own.

import { OptionError } from "../base/errors.ts";
import { createReferenceBackend } from "../check/index.ts";
import { createWasmBackend, setBackend } from "../index.ts";
import { type DataSetEntry, dataSets } from "./datasets.ts";
import { choice, flag, integer, type Options, type Parsed, suggestion } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Where a command writes, and which folder it works in. */
export interface Context {
  readonly out: Terminal;
  readonly err: Terminal;
}

/** A command; `run` gives the exit code. */
export interface Command<O extends Options = Options> {
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** The line of use, after `fovea `. */
  readonly usage: string;
  /** More to know, one paragraph an entry. */
  readonly notes: readonly string[];
  /** Commands that work as typed. */
  readonly examples: readonly string[];
  readonly options: O;
  readonly run: (parsed: Parsed<O>, context: Context) => Promise<number>;
}

/** Commands of one topic, `fovea <group> <command>`, each loaded when it is asked for. */
export interface CommandGroup {
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  readonly commands: ReadonlyMap<string, () => Promise<Command>>;
}

/** A command with its options' types kept. */
export function command<O extends Options>(definition: Command<O>): Command {
  // Parsed values are made from the same options, so the narrower function is only ever given what it expects.
  return definition as unknown as Command;
}

/** Options that choose where the work is done. */
export const deviceOptions = {
  device: choice(["auto", "wasm", "reference"], "auto", "where to compute; auto takes the fastest there is"),
  threads: integer(null, "threads of the wasm device; by default one for each core, at most 8", { max: 64 }),
  strict: flag("the same bits on every machine: no fused multiply-add on the wasm device"),
  revectorize: flag("let V8 pair vectors, an experiment of its own: faster, with the same bits"),
};

/** The option of every command for use in scripts. */
export const jsonOption = { json: flag("write JSON for scripts instead of text") };

/** Makes the chosen device the one that all work runs on. */
export function useDevice({
  device,
  threads,
  strict,
  revectorize,
}: {
  device: "auto" | "wasm" | "reference";
  threads: number | null;
  strict: boolean;
  revectorize: boolean;
}): void {
  if (device === "reference") setBackend(createReferenceBackend());
  else setBackend(createWasmBackend({ ...(threads && { threads }), relaxed: !strict, revectorize }));
}

/** A data set by name; throws OptionError that suggests the nearest known one. */
export function dataSet(name: string): DataSetEntry {
  const entry = dataSets.get(name);
  if (!entry) throw new OptionError(`unknown data set "${name}"; ${suggestion(name, dataSets.keys())}`);
  return entry;
}
