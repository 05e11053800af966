// A run that tells a thousand events a second, after a hundred thousand steps: the page shows the last of them, and what that costs its thread is reported.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";
import { LiveRun } from "../../src/studio/runs/liveRun.ts";
import { childLine } from "../../src/studio/runs/runLine.ts";
import type { RunEvent } from "../../src/studio/shared/protocol.ts";
import { openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

const stepsPerEpoch = 1000;
const layers = Array.from({ length: 20 }, (_, i) => `layers.${i}.weight`);

/** A process that tells what it is made to tell. */
class Teller extends EventEmitter {
  readonly stderr = null;
  connected = true;

  tell(events: readonly RunEvent[]): void {
    this.emit("message", { kind: "events", events });
  }

  send(): void {}

  end(): void {
    this.connected = false;
    this.emit("close", 0);
  }
}

function eventsOf(at: number): RunEvent[] {
  const [epoch, step] = [Math.ceil(at / stepsPerEpoch), ((at - 1) % stepsPerEpoch) + 1];
  const noise = Math.sin(at * 12.9898) * 0.2;
  const told: RunEvent[] = [
    {
      type: "step",
      ...{ epoch, step, steps: stepsPerEpoch, loss: 2 / (1 + at / 5000) + noise, accuracy: 0.5 },
      ...{ lr: 0.1, firstRate: 0.1, samplesPerSecond: 64_000, secondsLeft: 100 },
    },
  ];
  if (at % 100 === 0) {
    const figures = layers.map((name) => ({ name, gradient: 0.01, ratio: 1e-3 }));
    told.push({ type: "vitals", at, layers: figures, activations: [] });
  }
  return told;
}

test("a thousand events a second reach the page, and leave it room", { timeout: 200_000 }, async (t) => {
  const project = temporaryFolder();
  writeFiles(project, { "classify/live/args.yaml": "model: lenet\ndata: mnist\nepochs: 200\n" });
  const { studio } = await openStudio(project);
  const teller = new Teller();
  const run = new LiveRun((take) => childLine(teller as unknown as ChildProcess, take));
  await studio.board.follow(run, path.join(project, "classify/live"));
  const facts = { stepsPerEpoch, trainSamples: 64_000, valSamples: 1000, parameters: 1, classes: 10 };
  teller.tell([{ type: "start", epochs: 200, optimizer: "SGD", chanceLoss: null, from: 0, ...facts }]);
  let at = 0;
  const advance = (steps: number) => {
    const told = Array.from({ length: steps }, (_, i) => eventsOf(at + i + 1)).flat();
    at += steps;
    teller.tell(told);
  };
  advance(100_000);

  const executablePath = findChromium();
  assert.ok(executablePath, "no Chromium: install it, or set CHROMIUM_PATH");
  const browser = await chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(studio.url);
    const shown = () => page.locator("progress").evaluate((bar: HTMLProgressElement) => bar.value);
    await page.locator(".chart canvas").nth(4).waitFor();
    const paint = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    );
    assert.equal(await shown(), 100_000);
    await page.evaluate(() => {
      const tasks: number[] = [];
      new PerformanceObserver((list) => {
        tasks.push(...list.getEntries().map(({ duration }) => duration));
      }).observe({ type: "longtask" });
      Object.assign(globalThis, { tasks });
    });
    for (let i = 0; i < 30; i++) {
      advance(100);
      await pause(100);
    }
    await page.waitForFunction(() => document.querySelector("progress")?.value === 103_000);
    const tasks = await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
    t.diagnostic(`first paint after ${Math.round(paint)} ms`);
    t.diagnostic(
      `tasks over 50 ms in 3 s: ${tasks.length === 0 ? "none" : tasks.map(Math.round).join(", ")}`,
    );
    // What the page holds is bounded, and covers the whole run.
    const { state } = await studio.board.answer("classify/live");
    assert.ok(state.steps.steps.length <= 4096 && state.steps.steps.length > 2000);
    assert.equal(state.steps.steps.at(-1), 103_000);
    assert.ok(state.ratios.steps.length <= 400);
  } finally {
    await browser.close();
    teller.end();
    await studio.close();
  }
});
