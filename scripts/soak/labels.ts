// Labels pictures by keys in Chromium while the studio is killed again and again, and holds the journal against the keys that were pressed.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { readLabels } from "../../src/data/labels/labelJournal.ts";
import { encodePng } from "../../src/picture/encode.ts";
import { Random } from "../../src/tensor/random.ts";

const cli = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const classes = ["left", "right", "up"] as const;
/** Time that a studio listens before it is killed, ms; one of some dies before it does, within this time of its start. */
const [longest, early] = [1000, 300];
const oneOf = 5;
/** Time in which the page has to have come back and saved everything, ms. */
const patience = 30_000;

/** What is to be done in one round. */
export interface LabelRound {
  readonly cwd: string;
  readonly seed: number;
  readonly pictures: number;
  /** Whether the page dies too, once. */
  readonly killsPage: boolean;
}

/** How a round ended. */
export interface RoundOutcome {
  /** Null where the journal is what was pressed. */
  readonly failure: string | null;
  readonly kills: number;
  readonly acts: number;
}

/** A studio at one port that is killed at random moments, and started again at once. */
class FragileStudio {
  kills = 0;
  readonly #folder: string;
  readonly #port: number;
  readonly #random: Random;
  #child: ChildProcess | null = null;
  /** The first line of the one that runs, which says that it listens; null where it ended before. */
  #line: Promise<string | null> = Promise.resolve(null);
  #isCalm = false;
  #isSpared = false;

  constructor(folder: string, port: number, random: Random) {
    this.#folder = folder;
    this.#port = port;
    this.#random = random;
  }

  /** Starts the first one; gives its address. */
  async start(): Promise<string> {
    this.#spawn();
    const line = await this.#line;
    if (line === null) throw new Error("the studio did not start");
    return (JSON.parse(line) as { url: string }).url;
  }

  /** Kills from now on, until `calm`. */
  async rage(): Promise<void> {
    for (;;) {
      if (this.#random.integer(oneOf) === 0) await pause(this.#random.integer(early));
      else {
        await this.#line;
        await pause(this.#random.integer(longest));
      }
      while (this.#isSpared && !this.#isCalm) await pause(20);
      if (this.#isCalm) return;
      const child = this.#child!;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      this.kills++;
      this.#spawn();
    }
  }

  /** Kills nothing until `work` is done. */
  async spare<T>(work: () => Promise<T>): Promise<T> {
    this.#isSpared = true;
    try {
      return await work();
    } finally {
      this.#isSpared = false;
    }
  }

  calm(): void {
    this.#isCalm = true;
  }

  end(): void {
    this.#isCalm = true;
    this.#child?.kill("SIGKILL");
  }

  #spawn(): void {
    const args = [cli, "studio", "photos", `port=${this.#port}`, "open=false", "--json"];
    const child = spawn(process.execPath, args, {
      cwd: this.#folder,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, XDG_CACHE_HOME: path.join(this.#folder, "cache") },
    });
    this.#child = child;
    this.#line = new Promise((resolve) => {
      child.stdout.setEncoding("utf8").once("data", resolve);
      child.once("exit", () => resolve(null));
    });
  }
}

/** Labels all pictures of a folder by keys, some of them twice by way of undo, while the studio dies and comes back. */
export async function labelRound(
  browser: Browser,
  { cwd, seed, pictures, killsPage }: LabelRound,
): Promise<RoundOutcome> {
  const random = new Random(seed, 11);
  const folder = path.join(cwd, `labels${seed}`);
  const photos = path.join(folder, "photos");
  mkdirSync(photos, { recursive: true });
  const names = Array.from({ length: pictures }, (_, i) => `${String(i).padStart(4, "0")}.png`);
  for (const [i, name] of names.entries()) {
    const data = new Uint8Array(64).fill((i * 37) % 256);
    writeFileSync(path.join(photos, name), await encodePng({ width: 8, height: 8, channels: 1, data }));
  }
  const studio = new FragileStudio(folder, await freePort(), random);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const url = new URL(await studio.start());
    let page = await openPage(
      await context.newPage(),
      `${url.origin}/?token=${url.searchParams.get("token")}`,
    );
    const expected: string[] = [];
    for (const name of classes) {
      await page.keyboard.press("n");
      await page.keyboard.type(name);
      await page.keyboard.press("Enter");
      expected.push(`class ${name}`);
    }
    const raging = studio.rage();
    const dies = killsPage ? random.integer(pictures) : -1;
    for (let i = 0; i < pictures; i++) {
      if (i === dies) {
        await page.close();
        const opened = await context.newPage();
        page = await studio.spare(() => openPage(opened, url.origin));
      }
      const first = random.integer(classes.length);
      await page.keyboard.press(String(first + 1));
      expected.push(`label ${names[i]} ${classes[first]}`);
      if (random.integer(12) === 0) {
        await page.keyboard.press("u");
        const second = random.integer(classes.length);
        await page.keyboard.press(String(second + 1));
        expected.push("undo", `label ${names[i]} ${classes[second]}`);
      }
      if (random.integer(4) === 0) await pause(random.integer(60));
    }
    studio.calm();
    await raging;
    await page.locator(".saved[data-waiting='0']").waitFor({ timeout: patience });
    const said = (await page.locator(".problem").allInnerTexts()).join("; ");
    const failure = await differences(photos, expected);
    return {
      failure: failure && `${failure} (the page says: ${said})`,
      kills: studio.kills,
      acts: expected.length,
    };
  } catch (error) {
    return { failure: String(error), kills: studio.kills, acts: 0 };
  } finally {
    studio.end();
    await context.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The page Label in a tab, as soon as the studio answers. */
async function openPage(page: Page, address: string): Promise<Page> {
  const until = Date.now() + patience;
  for (;;) {
    try {
      await page.goto("about:blank"); // the same address again would load nothing
      await page.goto(`${address}#/label`, { timeout: 10_000 });
      await page.locator(".label .saved").waitFor({ timeout: 10_000 });
      return page;
    } catch (error) {
      if (Date.now() > until) throw error;
      await pause(100);
    }
  }
}

/** Where the journal is not what was pressed; null for nowhere. */
async function differences(photos: string, expected: readonly string[]): Promise<string | null> {
  const { entries } = (await readLabels(photos))!;
  const written = entries.map(({ act }) => {
    if (act.act === "label") return `label ${act.pictures.join()} ${act.class}`;
    return act.act === "class" ? `class ${act.class}` : act.act;
  });
  const at = expected.findIndex((act, i) => written[i] !== act);
  if (at >= 0) {
    const [found, meant] = [written, expected].map((acts) =>
      acts.slice(Math.max(0, at - 2), at + 6).join("; "),
    );
    return `act ${at + 1} of ${expected.length} (${written.length} written): ${found}, and not ${meant}`;
  }
  return written.length > expected.length ? `${written.length - expected.length} acts too many` : null;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
