// Runs every compiled test, or those whose path contains one of the words given, and prints a line for each file,
// every failure in full, and the test runner's own summary.
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { run } from "node:test";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { findChromium, installChromium } from "./chromium.ts";

/** A test file that takes longer hangs. */
const fileTimeoutMs = 240_000;
/** The lines of the test runner's summary. */
const summary = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /;
/** Characters that are printed of one failure. */
const longestFailure = 4000;

const dist = fileURLToPath(new URL("../", import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(dist, { recursive: true, encoding: "utf8" })
  .filter((file) => /^(src|test)\b.*\.test\.js$/.test(file))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
  .map((file) => dist + file);

/** What is printed of one file. */
interface Tally {
  readonly file: string;
  passed: number;
  failed: number;
  milliseconds: number;
}

function printTally({ file, passed, failed, milliseconds }: Tally): void {
  const seconds = (milliseconds / 1000).toFixed(1).padStart(6);
  console.log(
    `${seconds} s ${String(passed).padStart(5)} passed${failed > 0 ? ` ${failed} FAILED` : ""}  ${file}`,
  );
}

/** The failure with its stack, cut where a comparison prints whole files. */
function describeFailure(error: Error): string {
  const { cause } = error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause ?? error);
  return text.length > longestFailure ? `${text.slice(0, longestFailure)} …` : text;
}

/** True when all passed. */
async function runTests(): Promise<boolean> {
  let tally: Tally | null = null;
  let failures = 0;
  const tallyOf = (file: string | undefined): Tally => {
    const name = relative(dist, file ?? "");
    if (tally?.file !== name) {
      if (tally) printTally(tally);
      tally = { file: name, passed: 0, failed: 0, milliseconds: 0 };
    }
    return tally;
  };
  const stream = run({ files, concurrency: availableParallelism(), timeout: fileTimeoutMs });
  for await (const { type, data } of stream) {
    switch (type) {
      case "test:pass": {
        if (data.skip !== undefined || data.todo !== undefined) break;
        const of = tallyOf(data.file);
        if (data.details.type !== "suite") of.passed++;
        if (data.nesting === 0) of.milliseconds += data.details.duration_ms;
        break;
      }
      case "test:fail": {
        const of = tallyOf(data.file);
        if (data.nesting === 0) of.milliseconds += data.details.duration_ms;
        if (data.todo !== undefined) break;
        failures++;
        if (data.details.type !== "suite") of.failed++;
        if (data.details.error.cause && /^\d+ subtests? failed$/.test(String(data.details.error.cause)))
          break;
        console.log(`\n✖ ${of.file}: ${data.name}\n${describeFailure(data.details.error)}\n`);
        break;
      }
      case "test:stderr":
        process.stderr.write(data.message);
        break;
      case "test:diagnostic":
        if (data.nesting !== 0 || !summary.test(data.message)) break;
        if (tally) printTally(tally);
        tally = null;
        console.log(`# ${data.message}`);
        break;
    }
  }
  return failures === 0;
}

function haveBrowser(): boolean {
  if (!files.some((file) => file.includes("browser")) || findChromium()) return true;
  console.log("the browser tests need Chromium, which was not found");
  const problem = installChromium();
  if (problem === null && findChromium()) return true;
  console.error(
    `test: no Chromium for the browser tests: ${problem ?? "it is not on PATH after its installation"}`,
  );
  return false;
}

if (files.length === 0) {
  console.error(`test: no test file's path contains ${words.join(" or ")}`);
  process.exitCode = 1;
} else if (!haveBrowser() || !(await runTests())) {
  process.exitCode = 1;
}
