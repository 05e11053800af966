// What the studio's server says of networks: of runs, of the zoo, and what it refuses.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import "../../src/index.ts";
import type { NetworkDescription, ZooEntry } from "../../src/studio/shared/networks.ts";
import { encodeWeights } from "../../src/train/checkpoint.ts";
import { LeNet, models } from "../../src/vision/index.ts";
import { fovea } from "../e2e/cli.ts";
import { lenetInfo } from "../support/savedLenet.ts";
import { openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

const project = temporaryFolder();
const weights = await encodeWeights(new LeNet({ classes: 3 }), lenetInfo);
const foreign = await encodeWeights(new LeNet({ classes: 3 }), { ...lenetInfo, model: "mynet" });
writeFiles(project, {
  "classify/saved/args.yaml": "model: lenet\n",
  "classify/saved/weights/best.safetensors": weights,
  "classify/own/args.yaml": "model: mynet\n",
  "classify/own/weights/last.safetensors": foreign,
  "classify/young/args.yaml": "model: resnet18\n",
  "classify/broken/args.yaml": "model: lenet\n",
  "classify/broken/weights/best.safetensors": "no weights",
});
const { studio, ask } = await openStudio(project);
after(() => studio.close());

async function json<T>(path: string): Promise<T> {
  const { status, text } = await ask(path);
  assert.equal(status, 200, text);
  return JSON.parse(text) as T;
}

async function refusal(path: string): Promise<string> {
  const { status, text } = await ask(path);
  return `${status} ${(JSON.parse(text) as { error: string }).error}`;
}

test("the zoo, each network with pictures that it takes", async () => {
  const zoo = await json<ZooEntry[]>("/api/networks");
  assert.deepEqual(
    zoo.map(({ model }) => model),
    [...models.keys()],
  );
  for (const { model, input } of zoo) {
    const [channels, height, width] = input as [number, number, number];
    assert.ok(models.get(model)!.takes(channels, height, width), model);
  }
});

test("a run's network says what fovea summary and review say", async () => {
  const found = await json<NetworkDescription>("/api/networks/run/classify/saved");
  const summary = JSON.parse((await fovea(["summary", `${project}/classify/saved`, "--json"])).out);
  const review = JSON.parse((await fovea(["review", "lenet", "classes=3", "--json"])).out);
  const { inputs, rows, totals } = found;
  assert.deepEqual(
    { inputs, rows, totals },
    { inputs: summary.inputs, rows: summary.rows, totals: summary.totals },
  );
  assert.deepEqual(found.findings, review.findings);
  assert.equal(found.graph.nodes.length, 12);
});

test("a network by name, and the memory of training it", async () => {
  const found = await json<NetworkDescription>("/api/networks/zoo/resnet20/3/32/48/7");
  assert.deepEqual(found.graph.nodes.at(-1)!.outputs, [[1, 7]]);
  const { bytes: small } = await json<{ bytes: number }>("/api/networks/memory/lenet/1/28/28/10/8");
  const { bytes: large } = await json<{ bytes: number }>("/api/networks/memory/lenet/1/28/28/10/64");
  assert.ok(small > 0 && large > small);
});

test("runs of which no network can be made", async () => {
  assert.deepEqual(await json("/api/networks/run/classify/own"), { kind: "own-network", model: "mynet" });
  assert.deepEqual(await json("/api/networks/run/classify/young"), { kind: "no-weights", model: "resnet18" });
  assert.match(await refusal("/api/networks/run/classify/broken"), /^400 .*best\.safetensors/);
  assert.match(await refusal("/api/networks/run/classify/nowhere"), /^404 /);
});

test("what is outside of the rules is refused in words", async () => {
  assert.match(
    await refusal("/api/networks/zoo/lenet/3/32/32/10"),
    /^400 model lenet takes pictures of 1×28×28/,
  );
  assert.match(await refusal("/api/networks/zoo/resnet/3/32/32/10"), /^400 unknown model "resnet"/);
  assert.equal(
    await refusal("/api/networks/zoo/resnet18/3/5000/32/10"),
    '400 height must be a whole number from 1 to 1024; got "5000"',
  );
  assert.match(await refusal("/api/networks/memory/lenet/1/28/28/10/0"), /^400 batch must be/);
  assert.match(await refusal("/api/networks/zoo/%FF/1/28/28/10"), /^400 /);
});
