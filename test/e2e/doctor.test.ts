// The doctor on the command line: findings among the epochs, in doctor.json and the report, and healing.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import type { RunFinding } from "../../src/doctor/index.ts";
import { emptyFolder, fovea } from "./cli.ts";

const cwd = emptyFolder();
const folder = (name: string) => path.join(cwd, "runs/classify", name);
const read = (name: string, file: string) => readFileSync(path.join(folder(name), file), "utf8");
const findings = (name: string) =>
  (JSON.parse(read(name, "doctor.json")) as { findings: RunFinding[] }).findings;
const tooFast = "train model=lenet5 limit=1280 batch=32 optimizer=sgd lr0=3 threads=1".split(" ");

describe("the doctor", () => {
  it("tells a rate that is far too high, in words, as a file and in the report", async () => {
    const { code, out } = await fovea([...tooFast, "epochs=2", "name=fast"], { cwd });
    assert.equal(code, 0);
    assert.match(
      out,
      /^error The loss rises and stays high \(diverging\)\n {2}smoothed loss .+\n {2}(→|->) Go back/m,
    );
    const [found] = findings("fast").filter(({ id }) => id === "diverging");
    assert.deepEqual([found!.severity, found!.layer, found!.automatic], ["error", "", "lower-rate"]);
    assert.ok(found!.epoch >= 1 && found!.step >= 1);
    const page = read("fast", "report.html");
    assert.ok(page.includes("What was noticed") && page.includes(found!.evidence.slice(0, 20)));
    const events = read("fast", "events.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(events.filter(({ event, id }) => event === "finding" && id === "diverging").length, 1);
    assert.equal(events.at(-1).event, "end");
    assert.ok(!("answers" in events.at(-1).val));
  });

  it("heals it where it may, and leaves the results of the attempt that came through", async () => {
    const { code, out } = await fovea([...tooFast, "epochs=3", "name=healed", "--heal"], { cwd });
    assert.equal(code, 0);
    assert.match(out, /^healing: back to the start, and on with a learning rate of 0\.9/m);
    assert.equal(out.match(/ → runs/g)!.length, 1);
    const [first] = findings("healed").filter(({ healed }) => healed);
    assert.deepEqual([first!.healed!.remedy, first!.healed!.epoch], ["lower-rate", 0]);
    assert.ok(Math.abs(first!.healed!.rate! - 0.9) < 1e-6);
    assert.match(read("healed", "report.html"), /healed: back to the start, and on with a rate of 0\.90/);
    const rows = read("healed", "results.csv").trim().split("\n").slice(1);
    assert.deepEqual(
      rows.map((row) => Number(row.split(",")[0])),
      [1, 2, 3],
    );
    const { testAccuracy } = JSON.parse(read("healed", "summary.json"));
    assert.ok(testAccuracy > 0.7, `${testAccuracy}`);
  });

  it("tells its findings as JSON", async () => {
    const { out } = await fovea([...tooFast, "epochs=2", "name=json", "--json", "--heal"], { cwd });
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const finding = lines.find(({ event }) => event === "finding");
    assert.ok(finding.finding.title && finding.finding.fix && finding.run);
    assert.ok(lines.every(({ val }) => !val || !("answers" in val)));
  });

  it("leaves an empty list for a run in order, and none where nobody watched", async () => {
    const sound = "train model=lenet5 limit=1280 batch=32 lr0=0.003 epochs=2 report=false threads=1".split(
      " ",
    );
    const watched = await fovea([...sound, "name=sound"], { cwd });
    assert.equal(watched.code, 0);
    assert.deepEqual(findings("sound"), []);
    const alone = await fovea([...sound, "name=alone", "doctor=false"], { cwd });
    assert.equal(alone.code, 0);
    assert.ok(!existsSync(path.join(folder("alone"), "doctor.json")));
    // Watching changes nothing.
    const weights = (name: string) => readFileSync(path.join(folder(name), "weights/last.safetensors"));
    assert.deepEqual(weights("sound"), weights("alone"));
  });

  it("can't heal where it does not watch", async () => {
    const { code, err } = await fovea(["train", "doctor=false", "--heal"], { cwd });
    assert.equal(code, 2);
    assert.match(err, /heal is what the doctor does; leave doctor=false out, or heal/);
  });

  it("goes on where it stopped: a resumed run has the findings of the whole", async () => {
    const slow = "train model=lenet5 limit=960 batch=32 optimizer=sgd lr0=1e-6 report=false threads=1".split(
      " ",
    );
    await fovea([...slow, "epochs=3", "name=whole"], { cwd });
    await fovea([...slow, "epochs=1", "name=parts"], { cwd });
    const resumed = await fovea(["train", "resume=runs/classify/parts", "epochs=3"], { cwd });
    assert.equal(resumed.code, 0, resumed.err);
    const ids = (name: string) => findings(name).map(({ id }) => id);
    assert.ok(ids("whole").includes("rate-too-low"), ids("whole").join());
    assert.deepEqual(ids("parts"), ids("whole"));
  });
});
