// Sweeps from the command line, on a small part of MNIST.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { parseCsv } from "../../src/data/csv.ts";
import { emptyFolder, fovea } from "./cli.ts";

const tiny = ["sweep", "model=lenet5", "limit=192", "batch=32", "threads=1"];
const folder = "runs/sweep/sweep";

/** The rows of a sweep's trials.csv without the seconds, which differ from run to run. */
function rows(cwd: string, name = "sweep"): (readonly string[])[] {
  const [head, ...lines] = parseCsv(readFileSync(path.join(cwd, "runs/sweep", name, "trials.csv")));
  const seconds = head!.fields.indexOf("seconds");
  return [head!, ...lines].map(({ fields }) => fields.filter((_, i) => i !== seconds));
}

const weights = (cwd: string, name: string, trial: string) =>
  readFileSync(path.join(cwd, "runs/sweep", name, trial, "weights/last.safetensors"));

describe("a sweep", () => {
  it("tries every combination of lists, writes a line for each trial, and says how to train the best", async () => {
    const cwd = emptyFolder();
    const { code, out, err } = await fovea([...tiny, "optimizer=sgd,adamw", "epochs=1,2"], { cwd });
    assert.deepEqual([code, err], [0, ""]);
    assert.match(
      out,
      /^4 trials by grid search → runs.sweep.sweep\ntrial 1\/4 {2}optimizer sgd {2}epochs 1 {2}accuracy /,
    );
    assert.match(
      out,
      /\n4 trials: 4 finished\.\nbest validation accuracy [\d.]+% in trial \d, epoch \d: runs/,
    );
    assert.match(out, /\nwhat mattered +spread +by chance/);
    assert.ok(!out.includes("\x1b") && !out.includes("\r"));
    const [head, ...lines] = rows(cwd);
    assert.equal(head!.join(), "trial,state,optimizer,epochs,best_accuracy,best_epoch,epochs_done,reason");
    assert.deepEqual(
      lines.map((line) => line.slice(0, 4).join()),
      ["1,finished,sgd,1", "2,finished,sgd,2", "3,finished,adamw,1", "4,finished,adamw,2"],
    );
    for (const name of ["sweep.json", "sweep.html", "parallel_coordinates.png", "trial-004/report.html"]) {
      assert.ok(existsSync(path.join(cwd, folder, name)), name);
    }
    const [, command] = /train with its options: fovea (.*)\n/.exec(out)!;
    const alone = await fovea(command!.split(" "), { cwd });
    assert.equal(alone.code, 0, alone.err);
    const best = Math.max(...lines.map((line) => Number(line[4])));
    const trial = lines.findIndex((line) => Number(line[4]) === best) + 1;
    const summary = readFileSync(path.join(cwd, "runs/classify/train/summary.json"), "utf8");
    assert.equal((JSON.parse(summary) as { bestAccuracy: number }).bestAccuracy, best);
    const own = readFileSync(path.join(cwd, "runs/classify/train/results.csv"), "utf8");
    const kept = readFileSync(path.join(cwd, folder, `trial-00${trial}/results.csv`), "utf8");
    const losses = (text: string) => text.split("\n").map((line) => line.split(",")[2]);
    assert.deepEqual(losses(own), losses(kept));
  });

  it("that is killed again and again comes to what it would have come to at once", async () => {
    const cwd = emptyFolder();
    const asked = [...tiny, "lr0=1e-4..1e-1", "momentum=0.5..0.95", "optimizer=sgd", "epochs=2", "trials=3"];
    const straight = await fovea([...asked, "name=straight"], { cwd });
    assert.equal(straight.code, 0, straight.err);
    let kills = 0;
    let args = [...asked, "name=killed"];
    for (let outcome = await attempt(); outcome.code !== 0; outcome = await attempt()) {
      assert.equal(outcome.code, null, outcome.err);
      kills++;
      args = ["sweep", "resume=runs/sweep/killed"];
    }
    assert.equal(kills, 2);
    assert.deepEqual(rows(cwd, "killed"), rows(cwd, "straight"));
    for (const trial of ["trial-001", "trial-002", "trial-003"]) {
      assert.deepEqual(weights(cwd, "killed", trial), weights(cwd, "straight", trial));
    }

    /** Runs on, and is killed somewhere in the next trial. */
    function attempt() {
      let isDue = kills < 2;
      return fovea(args, {
        cwd,
        onOutput: (out, child) => {
          if (!isDue || !/^trial /m.test(out)) return;
          isDue = false;
          setTimeout(() => child.kill("SIGKILL"), 40 * kills);
        },
      });
    }
  });

  it("that Ctrl-C has stopped says how to go on, and may be given more trials", async () => {
    const cwd = emptyFolder();
    let sent = false;
    const stopped = await fovea([...tiny, "lr0=1e-3..1e-1", "limit=1280", "epochs=4", "trials=3"], {
      cwd,
      onOutput: (out, child) => {
        if (!sent && out.includes("trial 1/3")) sent = child.kill("SIGINT");
      },
    });
    assert.equal(stopped.code, 130, stopped.out);
    assert.match(stopped.err, /^stopping after this step; press Ctrl-C again to quit at once\n$/);
    const [, hint] = /stopped after 1 of 3 trials\. Go on with: fovea (sweep resume=\S+)\n$/.exec(
      stopped.out,
    )!;
    const before = rows(cwd);
    const resumed = await fovea([...hint!.split(" "), "trials=4"], { cwd });
    assert.equal(resumed.code, 0, resumed.err);
    assert.match(resumed.out, /^4 trials by random search, 1 done before → /);
    assert.deepEqual(rows(cwd).slice(0, 2), before);
    assert.equal(rows(cwd).length, 5);
  });

  it("goes on after a trial that fails, and after one that is ended early", async () => {
    const cwd = emptyFolder();
    const rates = "lr0=0.01,0.012,1e38,0.014,0.016,0.018,1e-9";
    const { code, out } = await fovea(
      [...tiny, "optimizer=sgd", rates, "epochs=3", "prune=median", "limit=640"],
      { cwd },
    );
    assert.equal(code, 0, out);
    const states = rows(cwd).map((line) => line[1]);
    assert.deepEqual(states.slice(1), [
      ...["finished", "finished", "failed"],
      ...Array(3).fill("finished"),
      "pruned",
    ]);
    const [failed, pruned] = [rows(cwd)[3]!, rows(cwd)[7]!];
    assert.deepEqual(failed.slice(0, 6), ["3", "failed", "1e+38", "", "0", "0"]);
    assert.match(failed[6]!, /became NaN/);
    assert.deepEqual([pruned[1], pruned[2], pruned[5]], ["pruned", "1e-9", "2"]);
    assert.match(out, /\n7 trials: 5 finished, 1 pruned, 1 failed\.\n/);
    const lost = await fovea([...tiny, "optimizer=sgd", "lr0=1e37,1e38", "name=lost", "--json"], { cwd });
    assert.equal(lost.code, 1);
    const events = lost.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      events.map(({ event, state }) => [event, state]),
      [
        ["start", undefined],
        ["trial", "failed"],
        ["trial", "failed"],
        ["end", undefined],
      ],
    );
    assert.equal(events.at(-1)!.best, null);
    assert.ok(existsSync(path.join(cwd, "runs/sweep/lost/sweep.html")));
  });
});

describe("mistakes in a sweep", () => {
  it("are told before anything is trained or made", async () => {
    const cwd = emptyFolder();
    for (const args of ["lr0=0.01,0.02 mixup=0,0.2 cutmix=0,0.2", "lr0=0.1,0.2 data=./nowhere"]) {
      const { code, out, err } = await fovea(["sweep", ...args.split(" ")], { cwd });
      assert.notEqual(code, 0);
      assert.match(err, /^error: /);
      assert.deepEqual([out, existsSync(path.join(cwd, "runs"))], ["", false], args);
    }
  });
});
