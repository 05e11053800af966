// The server's messages: a page that was away gets what it missed, or everything; what many choose at once is one choice.
import assert from "node:assert/strict";
import { get, type IncomingMessage } from "node:http";
import { after, before, test } from "node:test";
import type { ServerMessage } from "../../src/studio/shared/protocol.ts";
import { type OpenStudio, openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

const project = temporaryFolder();
let open: OpenStudio;

before(async () => {
  writeFiles(project, {
    "classify/one/args.yaml": "model: lenet\ndata: mnist\nepochs: 3\n",
    "classify/one/events.jsonl": `${[
      {
        event: "start",
        epochs: 3,
        stepsPerEpoch: 5,
        classes: ["a", "b"],
        optimizer: "SGD",
        from: { epoch: 0, step: 0 },
      },
      {
        event: "epoch",
        epoch: 1,
        trainLoss: 1,
        val: { loss: null, top1: 0.5, top5: 1 },
        lr: 0.1,
        seconds: 2,
      },
      {
        event: "finding",
        id: "plateau",
        severity: "note",
        title: "t",
        layer: "",
        evidence: "e",
        why: "w",
        fix: "f",
        docs: "d",
        healed: null,
        epoch: 1,
        step: 0,
      },
      { event: "finding", id: "no-finding" },
    ]
      .map((line) => JSON.stringify(line))
      .join("\n")}\n{"event":"epo`,
  });
  open = await openStudio(project);
});
after(() => open.studio.close());

/** Listens until `count` messages have come; gives them with their ids. */
function listen(count: number, lastId?: string): Promise<{ ids: string[]; messages: ServerMessage[] }> {
  const { port, own } = open;
  const headers = { ...own, ...(lastId !== undefined && { "Last-Event-ID": lastId }) };
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path: "/api/events", headers, agent: false });
    request.on("error", reject);
    request.on("response", (response: IncomingMessage) => {
      assert.equal(response.headers["content-type"], "text/event-stream; charset=utf-8");
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        const frames = text.split("\n\n").filter((frame) => frame.startsWith("id: "));
        if (frames.length < count || !text.endsWith("\n\n")) return;
        resolve({
          ids: frames.map((frame) => /^id: (.*)$/m.exec(frame)![1]!),
          messages: frames.map((frame) => JSON.parse(/^data: (.*)$/m.exec(frame)![1]!) as ServerMessage),
        });
        request.destroy();
      });
    });
  });
}

const choose = (shown: string[]) => {
  const headers = { ...open.own, "Content-Type": "application/json" };
  return open.ask("/api/preferences", { method: "PUT", headers, body: JSON.stringify({ shown }) });
};

test("a page that knows nothing is told everything", async () => {
  const { messages } = await listen(1);
  const [first] = messages;
  assert.ok(first?.type === "state");
  const [run] = first.state.runs;
  assert.deepEqual(
    [run!.id, run!.status, run!.isLive, run!.epochs, run!.epochsDone, run!.bestAccuracy],
    ["classify/one", "unfinished", false, 3, 1, 0.5],
  );
});

test("a page that was away gets what it missed, in order, and no more", async () => {
  const { ids } = await listen(1);
  await choose(["classify/one"]);
  await choose([]);
  const again = await listen(2, ids[0]);
  assert.deepEqual(
    again.messages.map((message) => message.type === "preferences" && message.preferences.shown),
    [["classify/one"], []],
  );
  // Up to date: the next message is the first that comes.
  const waiting = listen(1, again.ids[1]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await choose(["classify/one"]);
  assert.equal((await waiting).messages[0]!.type, "preferences");
});

test("one whose last message is unknown or long gone is told everything", async () => {
  const { ids } = await listen(1);
  const number = Number(ids[0]!.split("-")[1]);
  for (const id of [`000000000000-${number}`, `${ids[0]!.split("-")[0]}-${number + 1000}`, "nonsense"]) {
    assert.equal((await listen(1, id)).messages[0]!.type, "state", id);
  }
  for (let i = 0; i < 600; i++) open.studio.show("classify/one");
  assert.equal((await listen(1, ids[0])).messages[0]!.type, "state");
});

test("a run's answer is what its files say, as far as they are whole", async () => {
  const { status, text } = await open.ask("/api/run/classify/one");
  assert.equal(status, 200);
  const { state, settings } = JSON.parse(text);
  assert.equal(settings.model, "lenet");
  assert.deepEqual([state.facts.stepsPerEpoch, state.facts.classes, state.epochs.length], [5, 2, 1]);
  assert.deepEqual([state.epochs[0].valLoss, state.epochs[0].top1], [null, 0.5]);
  assert.deepEqual(
    state.findings.map(({ id }: { id: string }) => id),
    ["plateau"],
  );
  assert.equal((await open.ask("/api/run/classify/two")).status, 404);
});
