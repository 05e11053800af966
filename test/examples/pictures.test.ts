// Runs the example of docs/pictures.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/pictures.ts reads, fits and writes a picture", async () => {
  assert.deepEqual((await runExample("pictures")).trim().split("\n"), [
    "png, 60 × 40, 4 channels, orientation 1",
    "top 255, 255, 255; bottom 161, 42, 99",
    "32 × 32 × 3, 600 bytes of grey",
    "JPEG: 3 channels, values off by at most 17",
    "FormatError: sunset.png: PNG: chunk IDAT claims 88 bytes, 25 are left; the file was cut short",
  ]);
});
