// What the doctor says of a recipe's run, for tests.
import type { RunFinding } from "../../src/doctor/index.ts";
import { createWasmBackend, setBackend } from "../../src/index.ts";
import { type Recipe, start } from "./runs.ts";

/** One thread: such small steps gain nothing by a second one, and lose by waiting for it where the machine is busy. */
export function useOneThread(): void {
  setBackend(createWasmBackend({ threads: 1 }));
}

/** All findings of a run, also of one that ends with a value that is not finite. */
export async function findingsOf(recipe: Recipe): Promise<readonly RunFinding[]> {
  const run = await start(recipe);
  try {
    for await (const _ of run);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "NonFiniteError") throw error;
  }
  return run.doctor.findings;
}

/** Findings as lines. */
export function shown(findings: readonly RunFinding[]): string {
  return findings.map(({ id, layer, evidence }) => `${id} ${layer}: ${evidence}`).join("\n");
}
