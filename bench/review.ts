// How long a review of a folder takes, and how much memory: photographs made by a seed, or a folder of one's own.
//
//     npm run --silent build && node --expose-gc dist/bench/review.js [pictures | folder]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { reviewPictures } from "../src/review/review.ts";
import { jpegFile, photo } from "../test/support/photos.ts";
import { machine, machineLine } from "./machine.ts";

const classes = 10;
const side = [170, 128] as const;

/** Writes JPEG photographs of 170 × 128 pixels into ten classes. */
function writePhotos(root: string, count: number): void {
  for (let k = 0; k < classes; k++) mkdirSync(path.join(root, `class${k}`), { recursive: true });
  for (let i = 0; i < count; i++) {
    writeFileSync(path.join(root, `class${i % classes}`, `${i}.jpg`), jpegFile(photo(i, ...side), 85));
  }
}

const [what = "10000"] = process.argv.slice(2);
const isCount = /^\d+$/.test(what);
const root = isCount ? mkdtempSync(path.join(tmpdir(), "fovea-bench-")) : what;
try {
  console.log(machineLine(machine()));
  if (isCount) writePhotos(root, Number(what));
  global.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const processorBefore = process.cpuUsage();
  const start = performance.now();
  const review = await reviewPictures(root, { threads: Math.min(2, availableParallelism()) });
  const seconds = (performance.now() - start) / 1000;
  clearInterval(sampler);
  const { user, system } = process.cpuUsage(processorBefore);
  const found = review.findings.map(({ id, count }) => `${id} ${count}`).join(", ");
  console.log(
    `${review.pictures} pictures: ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processors`,
  );
  console.log(`peak memory ${(peak / 1e6).toFixed(0)} MB, of which ${(before / 1e6).toFixed(0)} MB before`);
  console.log(`found: ${found || "nothing"}`);
} finally {
  if (isCount) rmSync(root, { recursive: true });
}
