// What Fovea Studio takes from the speed of training: whole runs of LeNet on MNIST as commands, by themselves, with a studio that they join, and with its page open in
// a browser too, by turns. The first turn warms up and does not count.
//
//     npm run --silent build && node dist/bench/ours/studio.js --rounds 6 --epochs 8
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";
import { machine, machineLine } from "../machine.ts";
import { summarise } from "../statistics.ts";

const ways = ["alone", "server", "page"] as const;
type Way = (typeof ways)[number];

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "6" }, epochs: { type: "string", default: "8" } },
});
const [rounds, epochs] = [Number(values.rounds), Number(values.epochs)];
const executablePath = findChromium();
if (!executablePath) throw new Error("no Chromium: install it, or set CHROMIUM_PATH");

const entry = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const cwd = mkdtempSync(path.join(tmpdir(), "fovea-bench-studio-"));
mkdirSync(path.join(cwd, "runs"));
const env = { ...process.env, XDG_CACHE_HOME: path.join(cwd, "cache") };

/** Starts a command; gives each line of its output, as JSON. */
function start(args: readonly string[], onLine: (line: Record<string, unknown>) => void) {
  const child = spawn(process.execPath, [entry, ...args, "--json"], { cwd, env });
  createInterface({ input: child.stdout }).on("line", (line) => onLine(JSON.parse(line)));
  return child;
}

/** Seconds of a run's epochs, evaluations included, as the run itself counts them. */
function seconds(way: Way): Promise<number> {
  const args = ["train", "data=mnist", `epochs=${epochs}`, "report=false"];
  let last = 0;
  return new Promise((resolve) => {
    start(way === "alone" ? args : [...args, "--studio"], ({ event, seconds }) => {
      if (event === "epoch") last = Number(seconds);
    }).on("close", () => resolve(last));
  });
}

/** A browser that shows the studio, and has calmed down. */
async function show(url: string): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: executablePath!,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  await page.waitForTimeout(3000);
  return browser;
}

const times: Record<Way, number[]> = { alone: [], server: [], page: [] };
let studio: ReturnType<typeof start> | null = null;
try {
  const url = await new Promise<string>((resolve) => {
    studio = start(["studio", "open=false"], ({ url }) => resolve(String(url)));
  });
  console.log(
    `${machineLine(machine())}\n${rounds} rounds of ${epochs} epochs by turns; seconds a run, median (range)`,
  );
  for (let i = 0; i <= rounds; i++) {
    // Who goes first changes, so that none profits from a machine that slows down.
    for (const way of ways.map((_, j) => ways[(i + j) % ways.length]!)) {
      const browser = way === "page" ? await show(url) : null;
      const time = await seconds(way);
      await browser?.close();
      if (i > 0) times[way].push(time);
    }
  }
} finally {
  (studio as ReturnType<typeof start> | null)?.kill("SIGINT");
  rmSync(cwd, { recursive: true, force: true });
}
for (const way of ways) {
  const { median, min, max } = summarise(times[way]);
  const ratio = summarise(times[way].map((time, i) => time / times.alone[i]!)).median;
  const pairs = way === "alone" ? "" : `  ${ratio.toFixed(3)} times as long at the median of pairs`;
  console.log(`${way.padEnd(6)} ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})${pairs}`);
}
