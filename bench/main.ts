// The benchmarks' command line: picks one, runs it, prints a table or JSON.
import { parseArgs } from "node:util";
import { lenet, lenetTable, peerNames } from "./lenet.ts";
import { startup, startupTable } from "./startup.ts";

const usage = `Usage: npm run bench -- <benchmark> [options]

  lenet      training LeNet on MNIST, samples per second
    --peer ${peerNames.join("|")}
    --batch 64  --threads 2  --rounds 5  --seconds 2
  matmul     square matrix products, GFLOP/s beside the machine's SIMD128 peak
  startup    from import to the first finished training step, milliseconds
    --runs 7

  --json     print the result as JSON
Example: npm run bench -- lenet --peer torch --json`;

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
        peer: { type: "string" },
        batch: { type: "string", default: "64" },
        threads: { type: "string", default: "2" },
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "2" },
        runs: { type: "string", default: "7" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function main(): Promise<void> {
  const { values, positionals } = readCommand();
  if (values.help) {
    console.log(usage);
    return;
  }
  const print = <T>(result: T, table: (result: T) => string) =>
    console.log(values.json ? JSON.stringify(result, null, 2) : table(result));
  switch (positionals.length === 1 ? positionals[0] : undefined) {
    case "lenet": {
      const { peer } = values;
      if (peer !== undefined && !peerNames.includes(peer)) {
        throw new UsageError(`unknown peer "${peer}"; known: ${peerNames.join(", ")}`);
      }
      const options = {
        peer,
        batch: integer("batch", values.batch),
        threads: integer("threads", values.threads),
        rounds: integer("rounds", values.rounds),
        seconds: positive("seconds", values.seconds),
      };
      return print(await lenet(options), lenetTable);
    }
    case "matmul": {
      // The other benchmarks leave the engine to their child processes.
      const { matmul, matmulTable } = await import("./matmul.ts");
      return print(await matmul(), matmulTable);
    }
    case "startup":
      return print(await startup(integer("runs", values.runs)), startupTable);
    default:
      throw new UsageError(`expected one benchmark; got "${positionals.join(" ")}"`);
  }
}

try {
  await main();
} catch (error) {
  const wrongUsage = error instanceof UsageError;
  console.error(error instanceof Error ? error.message : error);
  if (wrongUsage) console.error(`\n${usage}`);
  process.exitCode = wrongUsage ? 2 : 1;
}
