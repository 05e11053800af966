// What a review promises beside its findings: order, silence where nothing is known, a model left as it was, and rules that the page has too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { nn, randn, type Tensor } from "../index.ts";
import { functional } from "../nn/index.ts";
import { LeNet } from "../vision/index.ts";
import { designRules, lossNames, review } from "./index.ts";

const docs = new URL("../../../docs/", import.meta.url);

/** Headings of a page as GitHub makes links of them. */
function anchors(page: string): string[] {
  const text = readFileSync(new URL(page, docs), "utf8");
  return Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("a design review", () => {
  it("gives the worst first, each with what its rule says", () => {
    class Model extends nn.Module {
      readonly conv = new nn.Conv2d(3, 16, 4);
      readonly fc = new nn.Linear(16, 10);
      forward(x: Tensor): Tensor {
        return nn.softmax(this.fc.forward(this.conv.forward(x).relu().mean([2, 3])), 1);
      }
    }
    const findings = review(new Model(), [3, 8, 8], { classes: 10, samples: 5, loss: "crossEntropy" });
    assert.deepEqual(
      findings.map(({ severity, id }) => `${severity} ${id}`),
      [
        "error softmax-before-cross-entropy",
        "warning even-kernel",
        "note more-parameters-than-samples",
        "note receptive-field-too-small",
      ],
    );
    for (const finding of findings) {
      const rule = designRules.find(({ id }) => id === finding.id)!;
      assert.deepEqual([finding.title, finding.why, finding.docs], [rule.title, rule.why, rule.docs]);
    }
  });

  it("says nothing of classes, samples and loss that it was not told", () => {
    const model = new nn.Sequential(new nn.Linear(8, 300), new nn.Sigmoid());
    assert.deepEqual(review(model, [8]), []);
    const told = review(model, [8], { classes: 2, samples: 1, loss: "crossEntropy" });
    assert.deepEqual(
      told.map(({ id }) => id),
      ["loss-does-not-fit", "head-width", "more-parameters-than-samples"],
    );
  });

  it("counts frozen parameters as none for the samples", () => {
    const model = new nn.Linear(1000, 10);
    const ids = () => review(model, [1000], { samples: 10 }).map(({ id }) => id);
    assert.deepEqual(ids(), ["more-parameters-than-samples"]);
    model.weight.requiresGrad = false;
    assert.deepEqual(ids(), []);
  });

  it("takes several inputs, and shapes with their batch axis", () => {
    class Two extends nn.Module {
      readonly left = new nn.Linear(4, 8);
      readonly right = new nn.Linear(6, 8);
      readonly head = new nn.Linear(8, 2);
      forward(a: Tensor, b: Tensor): Tensor {
        return this.head.forward(this.left.forward(a).add(this.right.forward(b)).relu());
      }
    }
    assert.deepEqual(review(new Two(), [[4], [6]], { classes: 2 }), []);
    const shapes = [
      [3, 4],
      [3, 6],
    ];
    assert.deepEqual(review(new Two(), shapes, { classes: 2, batch: null }), []);
  });

  it("leaves the model as it was", async () => {
    const model = new LeNet();
    const x = randn([2, 1, 28, 28]);
    const before = await model.forward(x).toArray();
    const fields = Object.keys(model);
    review(model, [1, 28, 28]);
    assert.deepEqual([Object.keys(model), model.training], [fields, true]);
    assert.deepEqual(await model.forward(x).toArray(), before);
    assert.equal(model.conv1.label, 'Conv2d "conv1"');
  });

  it("knows losses that there are", () => {
    for (const name of lossNames) {
      assert.equal(typeof (functional as unknown as Record<string, unknown>)[name], "function", name);
    }
  });
});

describe("the rules", () => {
  it("have names of their own, at most two sentences of reasons, and headings that exist", () => {
    assert.equal(new Set(designRules.map(({ id }) => id)).size, designRules.length);
    for (const { id, why, docs: link } of designRules) {
      assert.match(id, /^[a-z]+(-[a-z]+)+$/);
      const sentences = why.split(/[.?!](?: |$)/).filter((sentence) => sentence !== "");
      assert.ok(sentences.length <= 2, `${id}: ${why}`);
      const [, page, anchor] = /^docs\/(.*\.md)#(.*)$/.exec(link)!;
      assert.ok(anchors(page!).includes(anchor!), `${id}: no heading ${link}`);
    }
  });

  it("are those of docs/review.md", () => {
    const page = readFileSync(new URL("review.md", docs), "utf8");
    const rows = page.split("\n").filter((line) => /^\| `[a-z-]+` \| (error|warning|note) \|/.test(line));
    assert.deepEqual(
      rows,
      designRules.map(({ id, severity, rule, fix, docs: link }) => {
        const target = link.replace("docs/", "");
        return `| \`${id}\` | ${severity} | ${rule} | ${fix} | [${target.split(".md")[0]}](${target}) |`;
      }),
    );
  });
});
