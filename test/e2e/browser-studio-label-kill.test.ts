// Two hundred pictures labelled by keys while the studio is killed at random moments: nothing is lost, nothing doubled.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";
import { labelRound } from "../../scripts/soak/labels.ts";
import { temporaryFolder } from "../support/studio.ts";

let browser: Browser;

before(async () => {
  const executablePath = findChromium();
  assert.ok(executablePath, "no Chromium: install it, or set CHROMIUM_PATH");
  browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
});

after(() => browser?.close());

for (const seed of [1, 2, 3]) {
  const killsPage = seed === 3;
  test(`labels outlast the studio${killsPage ? " and the page" : ""}, round ${seed}`, {
    timeout: 200_000,
  }, async () => {
    const { failure, kills } = await labelRound(browser, {
      cwd: temporaryFolder(),
      seed,
      pictures: 200,
      killsPage,
    });
    assert.equal(failure, null);
    assert.ok(kills >= 3, `${kills} kills`);
  });
}
