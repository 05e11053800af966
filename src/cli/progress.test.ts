import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EpochEvent, StepEvent } from "../train/events.ts";
import { notStarted } from "../train/events.ts";
import { confusionTable } from "./confusion.ts";
import { ProgressView, progressLine } from "./progress.ts";
import { clock, type Terminal, terminalOf } from "./terminal.ts";

const step: StepEvent = {
  type: "step",
  epoch: 3,
  step: 412,
  steps: 938,
  loss: 0.08231,
  accuracy: 0.9741,
  lr: 0.003,
  samplesPerSecond: 21_340.4,
  progress: notStarted,
  secondsLeft: 42,
};
const epoch: EpochEvent = {
  type: "epoch",
  epoch: 3,
  epochs: 10,
  trainLoss: 0.1,
  trainAccuracy: 0.97,
  lr: 0.003,
  seconds: 61,
  samplesPerSecond: 21_340,
  isBest: true,
  progress: notStarted,
  val: { loss: 0.09, top1: 0.972, top5: 0.999, confusion: new Int32Array(4), samples: 4 },
};
const terminal = (columns: number, live: boolean): Terminal & { text: string } => ({
  isLive: live,
  hasColour: live,
  hasUnicode: true,
  columns,
  text: "",
  write(text) {
    this.text += text;
  },
});
/** Text as it is seen, without colours. */
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const seen = (text: string) => text.replaceAll(/\x1b\[[\d;]*[mK]/g, "");
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above

describe("progress", () => {
  it("shows all it has room for and is never wider than the terminal", () => {
    assert.equal(
      seen(progressLine(step, 10, terminal(120, true))),
      `3/10  ${"━".repeat(11)}${"─".repeat(13)}  412/938  loss 0.0823  acc 97.4%  21,340 images/s  0:42 left`,
    );
    for (let columns = 1; columns <= 130; columns++) {
      const out = terminal(columns, true);
      new ProgressView(out).epoch(epoch);
      for (const line of seen(out.text).split("\n")) assert.ok(line.length < Math.max(2, columns));
      assert.ok(seen(progressLine(step, 10, terminal(columns, true))).length < Math.max(2, columns));
    }
  });

  it("redraws at most ten times a second", () => {
    let now = 0;
    const out = terminal(100, true);
    const view = new ProgressView(out, { now: () => now });
    for (now = 0; now < 1000; now++) view.step(step, 10);
    assert.equal(out.text.split("\r").length - 1, 10);
  });

  it("writes a plain line per epoch where nothing can be rewritten", () => {
    const out = terminal(80, false);
    const view = new ProgressView(out);
    view.step(step, 10);
    view.epoch(epoch);
    assert.equal(
      out.text,
      "epoch 3/10  train/loss 0.1000  val/loss 0.0900  top1 97.20%  top5 99.90%  lr 3.00e-3  images/s 21,340  time 1:01\n",
    );
  });

  it("knows pipes, NO_COLOR and CI", () => {
    const stream = (isTTY: boolean) => ({ isTTY, columns: 50, write: () => true });
    const of = (isTTY: boolean, env: Record<string, string>) => {
      const { isLive, hasColour, columns } = terminalOf(stream(isTTY), env);
      return [isLive, hasColour, columns];
    };
    assert.deepEqual(of(true, {}), [true, true, 50]);
    assert.deepEqual(of(true, { NO_COLOR: "1" }), [true, false, 50]);
    assert.deepEqual(of(true, { TERM: "dumb" }), [false, false, 50]);
    assert.deepEqual(of(true, { CI: "true" }), [false, true, 50]);
    assert.deepEqual(of(false, {}), [false, false, 80]);
    assert.deepEqual([clock(0), clock(61.4), clock(3723)], ["0:00", "1:01", "1:02:03"]);
  });
});

describe("confusion matrix", () => {
  const confusion = [90, 10, 3, 1200];

  it("is aligned, with names and recall", () => {
    assert.equal(
      confusionTable(confusion, ["cat", "dog"], terminal(80, false)),
      ["true    cat   dog   recall", " cat     90    10    90.0%", " dog      3  1200    99.8%"].join("\n"),
    );
  });

  it("is shaded without moving where there are colours", () => {
    const shaded = confusionTable(confusion, ["cat", "dog"], terminal(80, true));
    assert.notEqual(shaded, seen(shaded));
    assert.equal(seen(shaded), confusionTable(confusion, ["cat", "dog"], terminal(80, false)));
  });

  it("names the commonest confusions where the table has no room", () => {
    assert.equal(
      confusionTable(confusion, ["cat", "dog"], terminal(20, false)),
      "commonest confusions\n  cat taken for dog: 10\n  dog taken for cat: 3",
    );
  });
});
