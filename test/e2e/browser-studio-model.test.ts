// The page Model in Chromium: a run's network and one of the zoo, by mouse and by keys, in both languages.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { knownSets } from "../../src/cli/knownSets.ts";
import { Studio } from "../../src/studio/studio.ts";
import { noLauncher, temporaryFolder } from "../support/studio.ts";
import { assertAccessible, launchChromium, openContext } from "../support/studioPage.ts";
import { fovea } from "./cli.ts";

const project = temporaryFolder();
const complaints: string[] = [];
let browser: Browser;
let context: BrowserContext;
let studio: Studio;
let page: Page;

/** What `fovea summary --json` says. */
interface Summary {
  readonly rows: readonly {
    readonly path: string;
    readonly outputs: readonly (readonly number[])[];
    readonly parameters: number;
    readonly multiplyAdds: number;
    readonly field: readonly { readonly field: number }[] | null;
  }[];
  readonly totals: { readonly parameters: number; readonly multiplyAdds: number };
}

async function summaryOf(...options: string[]): Promise<Summary> {
  return JSON.parse((await fovea(["summary", ...options, "--json"])).out) as Summary;
}

before(async () => {
  const { code, err } = await fovea(["train", `project=${project}`, "limit=640", "epochs=1"]);
  assert.equal(code, 0, err);
  studio = new Studio({ project, launcher: noLauncher, sets: { folders: [], known: knownSets() } });
  await studio.listen(0);
  browser = await launchChromium();
  context = await openContext(browser, 1440);
  page = await context.newPage();
  page.on("console", (message) => {
    if (!message.text().includes("400 (Bad Request)")) complaints.push(message.text()); // a refused network
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${studio.url}#/model`);
});

after(async () => {
  await browser?.close();
  await studio?.close();
});

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
const hasText = (selector: string, text: string) =>
  page.locator(selector, { hasText: text }).first().waitFor();
const numberIn = (text: string) => Number(text.replaceAll(",", ""));

/** The table on the page says what `fovea summary` does. */
async function assertTable({ rows, totals }: Summary): Promise<void> {
  const shown = await page
    .locator(".layerTable tbody tr")
    .evaluateAll((trs) =>
      trs.map((tr) => Array.from(tr.querySelectorAll("td"), (td) => td.textContent ?? "")),
    );
  assert.deepEqual(
    shown.map(([output, parameters, multiplyAdds, , field]) => [
      output,
      numberIn(parameters!),
      numberIn(multiplyAdds!),
      field,
    ]),
    rows.map(({ outputs, parameters, multiplyAdds, field }) => [
      outputs.map((shape) => shape.slice(1).join("×")).join(" "),
      parameters,
      multiplyAdds,
      [...new Set((field ?? []).map((axis) => axis.field))].join("×"),
    ]),
  );
  const tiles = await page.locator(".model .tiles div dd:nth-child(2)").allInnerTexts();
  assert.deepEqual(tiles.slice(0, 2).map(numberIn), [totals.parameters, totals.multiplyAdds]);
}

test("a run's network: its layers, their figures, and what a cell sees of a picture", {
  timeout: 200_000,
}, async () => {
  await hasText("h2", "lenet, 10 classes, pictures of 1×28×28");
  assert.equal(await page.locator(".graph .item").count(), 12);
  await button(/^MaxPool2d 2×2 \/2 pool2/).click();
  await hasText(".details h3", "MaxPool2d pool2");
  const figures = await page.locator(".details .figures").innerText();
  assert.match(figures, /In\s+16×8×8\s+Out\s+16×4×4\s+Kernel\s+2×2\s+Stride\s+2/);
  await page.getByLabel("Row", { exact: true }).fill("1");
  await page.getByLabel("Column", { exact: true }).fill("3");
  await hasText(".details p", "rows 4 … 19, columns 12 … 27");
  await page.locator(".sample option:checked", { hasText: "mnist" }).waitFor({ state: "attached" });

  // The pointer chooses a cell too.
  const map = (await page.locator(".map canvas").boundingBox())!;
  await page.mouse.click(map.x + 2, map.y + map.height - 2);
  await hasText(".details p", "rows 12 … 27, columns 0 … 15");
  await assertAccessible(page);

  await button("Table").click();
  await assertTable(await summaryOf(path.join(project, "classify/train")));
  await assertAccessible(page);
  await button("Graph").click();
});

test("findings stand at their layer and lead to it", { timeout: 200_000 }, async () => {
  const marked = page.locator(".graph .item", { has: page.locator(".mark") });
  assert.match(await marked.first().innerText(), /conv1[\s\S]*1 findings/);
  await page.locator(".finding button.plain", { hasText: "fc1" }).click();
  await hasText(".details h3", "Linear fc1");
  await hasText(".details .finding", "Two linear layers in a row");
  await page.getByLabel("Batch").fill("32");
  await page.waitForFunction(() => /MiB/.test(document.querySelector("[aria-live] ")?.textContent ?? ""));
});

test("a network of the zoo: folded blocks, opened and walked by keys", { timeout: 200_000 }, async () => {
  await button("By name").click();
  await page.getByLabel("Network").selectOption("resnet18");
  await hasText("h2", "resnet18, 10 classes, pictures of 3×32×32");
  const block = button(/^BasicBlock layer2\.0 /);
  await block.focus();
  await page.keyboard.press("Enter");
  await hasText(".details h3", "BasicBlock layer2.0");
  await page.keyboard.press("f");
  await hasText(".graph text", "layer2.0 BasicBlock");
  await hasText(".details h3", "Conv2d layer2.0.conv1");
  await button(/^Conv2d 3×3 \/2 layer2\.0\.conv1/).focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"])
    await page.keyboard.press(key);
  await page.keyboard.press("Enter");
  await hasText(".details .figures", "sum");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await hasText(".details h3", "BatchNorm2d layer2.0");
  const place = () =>
    page.locator(".graph .layer").evaluate((layer) => (layer as HTMLElement).style.transform);
  const before = await place();
  for (const key of ["+", "Shift+ArrowDown"]) {
    const last = await place();
    await page.keyboard.press(key);
    assert.notEqual(await place(), last, key);
  }
  await page.keyboard.press("0");
  assert.notEqual(await place(), before);

  await page.getByLabel("Height").fill("64");
  await page.getByLabel("Width").fill("48");
  await page.getByLabel("Classes").fill("7");
  await button("Show").click();
  await hasText("h2", "resnet18, 7 classes, pictures of 3×64×48");
  await button("Table").click();
  await assertTable(await summaryOf("model=resnet18", "imgsz=64x48", "classes=7"));
  await button("Graph").click();

  // What a network does not take is told with a way out.
  await page.getByLabel("Network").selectOption("vgg11");
  await hasText("h2", "vgg11, 7 classes");
  await page.getByLabel("Height").fill("16");
  await button("Show").click();
  await hasText(".problem", "model vgg11 takes pictures of at least 32×32");
});

test("in Chinese and dark, from 1024 pixels on", { timeout: 200_000 }, async () => {
  await button("Of a run").click();
  await page.getByLabel("Language").selectOption("zh");
  await page.getByLabel("配色").selectOption("dark");
  await hasText("h2", "lenet，10 类，图片 1×28×28");
  await hasText(".finding", "两个线性层紧挨着");
  await button(/^Conv2d 5×5 conv2/).click();
  await hasText(".details h4", "感受野");
  for (const width of [1024, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${width}: ${over} pixels too wide`);
  }
  await assertAccessible(page);
  assert.deepEqual(complaints, []);
});
