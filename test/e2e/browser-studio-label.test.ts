// The page Label in Chromium on a real folder: labelled by keys, in two tabs, with new pictures, other classes, models' words, and class folders in the end.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { labelHelper } from "../../src/cli/studioLabels.ts";
import { trainLauncher } from "../../src/cli/studioRuns.ts";
import { listPictures, readLabels } from "../../src/data/index.ts";
import { Studio } from "../../src/studio/studio.ts";
import { shapePicture, shapes, writeShapes } from "../support/pictureFolder.ts";
import { temporaryFolder } from "../support/studio.ts";
import { assertAccessible, launchChromium, openContext, openTab } from "../support/studioPage.ts";
import { fovea } from "./cli.ts";

const home = temporaryFolder();
const photos = path.join(home, "photos");
const complaints: string[] = [];
let browser: Browser;
let context: BrowserContext;
let studio: Studio;
let tab: Page;

const newTab = (): Promise<Page> => openTab(context, complaints);

before(async () => {
  // Twelve of each class have a folder; three of each lie beside the folders, and one disc in the wrong one.
  writeShapes(photos, 15);
  for (const shape of shapes) {
    for (let i = 12; i < 15; i++) {
      renameSync(path.join(photos, shape, `${i}.png`), path.join(photos, `${shape[1]}${i}.png`));
    }
  }
  renameSync(path.join(photos, "disc/3.png"), path.join(photos, "square/wrong.png"));
  studio = new Studio({
    project: path.join(home, "runs"),
    launcher: trainLauncher(path.join(home, "runs")),
    sets: { folders: [photos], known: [] },
    helper: labelHelper,
  });
  await studio.listen(0);
  const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
  browser = await launchChromium(...camera);
  context = await openContext(browser, 1280);
  tab = await newTab();
  await tab.goto(`${studio.url}#/label`);
});

after(async () => {
  await browser?.close();
  await studio?.close();
});

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const hasText = (page: Page, selector: string, text: string) =>
  page.locator(selector, { hasText: text }).first().waitFor();

/** Presses keys one after the other, and waits until all of it is in the journal. */
async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await tab.keyboard.press(key);
  await tab.locator(".saved[data-waiting='0']").waitFor();
}

async function state() {
  return (await readLabels(photos))!.state;
}

test("pictures are labelled by keys alone, and a second tab follows", { timeout: 200_000 }, async () => {
  await hasText(tab, ".progress", "36 of 45 labelled");
  await hasText(tab, ".large .name", "i12.png"); // the first that waits
  const second = await newTab();
  await second.goto(new URL("/#/label", studio.url).href);
  await press("1", "2");
  await hasText(second, ".progress", "38 of 45 labelled");
  await press("s", "x");
  await hasText(tab, ".progress", "38 of 44 labelled");
  let labels = await state();
  assert.deepEqual(
    ["i12.png", "i13.png"].map((name) => labels.classOf(name, null)),
    ["disc", "square"],
  );
  assert.deepEqual(
    ["i14.png", "q12.png"].map((name) => labels.fateOf(name)),
    ["skipped", "dropped"],
  );
  await press("u");
  await hasText(tab, ".large .name", "q12.png");
  await press("Control+z", "r");
  labels = await state();
  assert.deepEqual(
    ["i14.png", "q12.png"].map((name) => labels.fateOf(name)),
    ["skipped", null],
  );

  // A class of its own, and several pictures at once.
  await press("n");
  await tab.keyboard.type("blue lines");
  await press("Enter");
  await hasText(second, ".class", "blue lines");
  await tab.getByLabel("Show").selectOption("unlabelled");
  await tab.locator(".grid").focus();
  await tab.keyboard.press("Home");
  await tab.keyboard.press("Shift+End");
  await hasText(tab, ".all", "6 chosen");
  await press("4");
  await hasText(second, ".progress", "44 of 45 labelled");
  assert.equal((await state()).classOf("t14.png", null), "blue lines");
  await hasText(tab, ".nothing", "No picture here.");
  await press("u");
  await hasText(tab, ".progress", "38 of 45 labelled");
  await tab.getByLabel("Show").selectOption("all");

  // Undo in the one tab of what the other did: it is one journal.
  await second.getByRole("button", { name: "Undo" }).click();
  await tab.locator(".class", { hasText: "blue lines" }).waitFor({ state: "detached" });
  await second.close();
});

test("keys are shown, and fields keep theirs", { timeout: 200_000 }, async () => {
  await tab.keyboard.press("?");
  await hasText(tab, "dialog.keys", "drop: not used in training");
  await assertAccessible(tab);
  await tab.keyboard.press("Escape");
  await tab.keyboard.press("n");
  const before = (await readLabels(photos))!.last;
  await tab.keyboard.type("usx1");
  await tab.keyboard.press("Escape");
  assert.equal((await readLabels(photos))!.last, before);
  await tab.locator(".class input").waitFor({ state: "detached" });
});

test("pictures are added from files, by drop, by paste and by the camera", { timeout: 200_000 }, async () => {
  const picture = {
    name: "../no way?.png",
    mimeType: "image/png",
    buffer: Buffer.from(shapePicture("disc", 77)),
  };
  const broken = { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
  writeFileSync(path.join(photos, "no way-.png"), "mine");
  await tab.locator("input[type=file]").setInputFiles([picture, broken]);
  await hasText(tab, ".adding", "1 of 2 added");
  await hasText(tab, ".adding .problem", "broken.png: ");
  assert.equal(
    readFileSync(path.join(photos, "no way-.png"), "utf8"),
    "mine",
    "what is there is not touched",
  );
  assert.ok(existsSync(path.join(photos, "no way.png")) || existsSync(path.join(photos, "no way--2.png")));
  rmSync(path.join(photos, "no way-.png"));
  const give = (event: "drop" | "paste", name: string, seed: number) =>
    tab.evaluate(
      ([event, name, bytes]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
        const init = { bubbles: true, cancelable: true };
        document.body.dispatchEvent(
          event === "drop"
            ? new DragEvent("drop", { ...init, dataTransfer: transfer })
            : new ClipboardEvent("paste", { ...init, clipboardData: transfer }),
        );
      },
      [event, name, [...shapePicture("square", seed)]] as const,
    );
  await give("drop", "dropped.png", 5);
  await tab.locator(".grid [title='dropped.png']").waitFor();
  await give("paste", "image.png", 6);
  await tab.locator(".grid [title='image.png']").waitFor();
  await give("paste", "image.png", 7);
  await tab.locator(".grid [title='image-2.png']").waitFor();
  await button(tab, "Camera").click();
  await button(tab, "Take a picture").click();
  await tab.locator(".grid [title='camera.jpg']").waitFor();
  await assertAccessible(tab);
  await button(tab, "Camera").click();
  assert.deepEqual(
    readdirSync(photos).filter((name) => name.endsWith(".part")),
    [],
  );
});

test("classes are renamed, merged and removed, in Chinese and in the dark", {
  timeout: 200_000,
}, async () => {
  await tab.getByLabel("Language").selectOption("zh");
  await tab.getByLabel("配色").selectOption("dark");
  await button(tab, "编辑类别").click();
  await assertAccessible(tab);
  await tab.getByLabel("stripes 的名称").fill("bars");
  await tab.getByLabel("stripes 的名称").press("Enter");
  await tab.getByLabel("bars 的名称").waitFor();
  await tab.getByLabel("bars 的名称").fill("disc");
  await tab.getByLabel("bars 的名称").press("Enter");
  await hasText(tab, "[role=alert]", 'there is a class "disc" already');
  await tab.getByLabel("把 bars 并入另一类").selectOption("square");
  await tab.getByLabel("bars 的名称").waitFor({ state: "detached" });
  await button(tab, /^撤销/).click();
  await tab.getByLabel("bars 的名称").waitFor();
  await button(tab, "编辑类别").click();
  await tab.locator(".saved[data-waiting='0']").waitFor();
  assert.deepEqual((await listPictures(photos)).classes, ["bars", "disc", "square"]);
  await button(tab, /^撤销/).click();
  await tab.getByLabel("语言").selectOption("en");
  await tab.getByLabel("Colours").selectOption("light");
  await hasText(tab, ".class", "stripes");
  await tab.locator(".saved[data-waiting='0']").waitFor();
});

test("a model suggests labels, and labels in doubt are found, kept and put right", {
  timeout: 200_000,
}, async () => {
  const quick = "model=lenet5 imgsz=28 augment=none epochs=30 batch=16 lr0=0.003 workers=0 name=shapes".split(
    " ",
  );
  const trained = await fovea(["train", `data=${photos}`, `project=${path.join(home, "runs")}`, ...quick]);
  assert.equal(trained.code, 0, trained.err);
  await button(tab, "Suggest labels").click();
  await hasText(tab, ".models", "suggestions, the least certain first");
  const name = await tab.locator(".large .name").innerText();
  const ghost = await tab.locator("button.ghost", { hasText: "sure" }).innerText();
  await press("Enter");
  assert.equal((await state()).classOf(name, null), ghost.split("?")[0]);

  await button(tab, "Find labels in doubt").click();
  await hasText(tab, ".models", "labels in doubt, the most certain first");
  await tab.locator(".grid [title='square/wrong.png']").click();
  await hasText(tab, ".said", "Labelled square, and disc by the models");
  await assertAccessible(tab);
  await tab.keyboard.press("Escape");
  await press("Enter");
  assert.equal((await state()).classOf("square/wrong.png", "square"), "disc");
  await tab.locator(".grid [title='square/wrong.png']").waitFor({ state: "detached" });
  await press("u");
  await tab.getByLabel("Show").selectOption("suspected");
  await tab.locator(".grid [title='square/wrong.png']").click();
  await press("k");
  assert.equal((await state()).isKept("square/wrong.png"), true);
  await tab.getByLabel("Show").selectOption("all");
});

test("labels are exported to class folders, and trained on again", { timeout: 200_000 }, async () => {
  await button(tab, "Export").click();
  await button(tab, "Copy").click();
  await hasText(tab, ".export .good", "pictures are in");
  assert.deepEqual(readdirSync(path.join(home, "photos-by-class")), [...shapes]);
  await tab.getByRole("textbox").fill("../elsewhere");
  await button(tab, "Copy").click();
  await hasText(tab, ".export .problem", "to is the name of a folder");
  await button(tab, "Close").click();
  for (const width of [1024, 1920]) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  }
  await button(tab, "Train with these labels").click();
  await tab.waitForFunction((folder) => {
    const field = document.querySelector<HTMLInputElement>("input[name=data]");
    return field?.value === folder;
  }, photos);
});

test("the page complains about nothing but what was refused", () => {
  assert.deepEqual(
    complaints.filter((text) => !/status of 4(00|09)/.test(text)),
    [],
  );
});
