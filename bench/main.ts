// The benchmarks' command line: picks one, runs it, prints a table or JSON, and writes a section of a report.
import { parseArgs } from "node:util";
import { compareWork, type WorkResult } from "./compare.ts";
import { facts } from "./facts.ts";
import { factsMarkdown } from "./factsReport.ts";
import { loader, loaderJson, loaderMarkdown, loaderText, loaderWorks } from "./loader.ts";
import { machine, machineLine } from "./machine.ts";
import { comparisonJson, comparisonMarkdown, workText } from "./report.ts";
import { allSides, path, type SideSpec } from "./sides.ts";
import { startup, startupTable } from "./startup.ts";
import { hasWords, works } from "./works.ts";
import { writeSection } from "./write.ts";

const usage = `Usage: npm run bench -- [benchmark] [options]

  compare [words]  every side does every work, by turns (default); words pick works: train lenet 64
    --sides node20,torch   only these sides
    --threads 2
    --python python3       a Python that has PyTorch
  facts            our own figures: share of the SIMD128 peak, two threads beside one, compile time, MNIST
  loader [words]   batches of augmented pictures beside PyTorch's DataLoader with Pillow
    --photos DIR           JPEGs, one folder for each class
  startup          from import to the first finished training step, milliseconds
    --runs 7

  --rounds 5  --seconds 0.5   of compare, facts and loader: rounds that count, and how long a side works in each
  --write FILE.md  put the result into a report as well: a section of its own, in place of an older one
  --json           print the result as JSON
Example: npm run bench -- compare train lenet 64 --sides node20,torch --rounds 9`;

class UsageError extends Error {}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`--${name} must be a positive number; got "${text}"`);
  return value;
}

function integer(name: string, text: string): number {
  const value = positive(name, text);
  if (!Number.isInteger(value)) throw new UsageError(`--${name} must be an integer; got "${text}"`);
  return value;
}

function readCommand() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        sides: { type: "string" },
        python: { type: "string", default: "python3" },
        photos: { type: "string", default: path("../shared/data/clothing/train") },
        threads: { type: "string", default: "2" },
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "0.5" },
        runs: { type: "string", default: "7" },
        write: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Values = ReturnType<typeof readCommand>["values"];

const roundOptions = ({ rounds, seconds, threads }: Values) => ({
  rounds: integer("rounds", rounds),
  seconds: positive("seconds", seconds),
  threads: integer("threads", threads),
});

/** The sides that were asked for and are installed; says what is missing for the others. */
function pickSides({ sides, python }: Values): SideSpec[] {
  const all = allSides(python);
  const keys = sides?.split(",") ?? all.map(({ key }) => key);
  const unknown = keys.find((key) => all.every((side) => side.key !== key));
  if (unknown !== undefined) {
    throw new UsageError(`unknown side "${unknown}"; known: ${all.map(({ key }) => key).join(", ")}`);
  }
  const present = all.filter((side) => {
    if (!keys.includes(side.key)) return false;
    const missing = side.missing();
    if (missing !== null) console.error(`bench: without ${side.key}: ${missing}`);
    return missing === null;
  });
  if (present.length === 0) throw new Error("bench: none of these sides is installed");
  return present;
}

async function compare(words: readonly string[], values: Values): Promise<void> {
  const chosen = works.filter(({ name }) => hasWords(name, words));
  if (chosen.length === 0) {
    throw new UsageError(`no work has all of these words: ${words.join(" ")}\nWorks:\n  ${names()}`);
  }
  const options = roundOptions(values);
  const sides = pickSides(values);
  const before = machine();
  const about = `${options.rounds} round${options.rounds === 1 ? "" : "s"} of ${options.seconds} s by turns, ${options.threads} threads`;
  if (!values.json) console.log(`${machineLine(before)}\n${about}; median (range)`);
  const results: WorkResult[] = [];
  for (const work of chosen) {
    const result = await compareWork(work, sides, options);
    results.push(result);
    if (!values.json) console.log(workText(result));
  }
  if (values.json) {
    console.log(JSON.stringify({ machine: before, options, works: comparisonJson(results) }, null, 2));
  }
  if (values.write !== undefined) {
    const head = `## Beside other libraries\n\n${machineLine(before)}. ${about}; medians with their range.`;
    writeSection(values.write, "compare", `${head}\n\n${comparisonMarkdown(results)}`);
  }
}

async function loaders(words: readonly string[], values: Values): Promise<void> {
  const chosen = loaderWorks.filter(({ name }) => hasWords(name, words));
  if (chosen.length === 0) {
    const known = loaderWorks.map(({ name }) => name).join(", ");
    throw new UsageError(`no work has all of these words: ${words.join(" ")}; there are ${known}`);
  }
  const { rounds, seconds } = roundOptions(values);
  const before = machine();
  const about = `${rounds} round${rounds === 1 ? "" : "s"} of ${seconds} s by turns`;
  if (!values.json) console.log(`${machineLine(before)}\n${about}; median (range)`);
  const { python, photos } = values;
  const results = await loader(chosen, { rounds, seconds, python, photos }, (result) => {
    if (!values.json) console.log(loaderText(result));
  });
  if (values.json) {
    console.log(JSON.stringify({ machine: before, rounds, seconds, works: loaderJson(results) }, null, 2));
  }
  if (values.write !== undefined) {
    const head = `## Loading and augmenting pictures\n\n${machineLine(before)}. ${about}; medians with their range.`;
    writeSection(values.write, "loader", `${head}\n\n${loaderMarkdown(results)}`);
  }
}

const names = () => works.map(({ name }) => name).join("\n  ");

async function main(): Promise<void> {
  const { values, positionals } = readCommand();
  if (values.help) {
    console.log(usage);
    return;
  }
  const print = <T>(result: T, text: (result: T) => string) =>
    console.log(values.json ? JSON.stringify(result, null, 2) : text(result));
  const [command = "compare", ...words] = positionals;
  if (command === "compare") return compare(words, values);
  if (command === "loader") return loaders(words, values);
  if (words.length > 0) throw new UsageError(`expected one benchmark; got "${positionals.join(" ")}"`);
  if (command === "facts") {
    const result = await facts(roundOptions(values));
    print(result, factsMarkdown);
    if (values.write !== undefined) writeSection(values.write, "facts", factsMarkdown(result));
    return;
  }
  if (command === "startup") return print(await startup(integer("runs", values.runs)), startupTable);
  throw new UsageError(`unknown benchmark "${command}"`);
}

try {
  await main();
} catch (error) {
  const wrongUsage = error instanceof UsageError;
  console.error(error instanceof Error ? error.message : error);
  if (wrongUsage) console.error(`\n${usage}`);
  process.exitCode = wrongUsage ? 2 : 1;
}
