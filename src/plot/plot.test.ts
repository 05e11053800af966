// Axes, canvas, typeface and plots.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OptionError } from "../base/errors.ts";
import type { Picture } from "../picture/picture.ts";
import { linearAxis, logAxis, lossAxis } from "./axis.ts";
import { Canvas, fitted, textWidth } from "./canvas.ts";
import { type Chart, layOut } from "./chart.ts";
import { chartPicture } from "./chartPicture.ts";
import { chartSvg } from "./chartSvg.ts";
import { confusionPicture } from "./confusionPicture.ts";
import { filterPicture } from "./filters.ts";
import { canWrite, glyphsOf } from "./glyphs.ts";
import { linePicture } from "./linePicture.ts";
import { layOutParallel, type ParallelChart } from "./parallel.ts";
import { parallelPicture } from "./parallelPicture.ts";
import { parallelSvg } from "./parallelSvg.ts";
import { enlarged, pictureGrid } from "./pictureGrid.ts";

const labels = (axis: { ticks: readonly { label: string }[] }) => axis.ticks.map(({ label }) => label);
const pixel = ({ data, width }: Canvas, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

describe("axes", () => {
  it("are marked at round numbers within them", () => {
    assert.deepEqual(labels(linearAxis([0.03, 0.97], { least: 0 })), [
      "0.0",
      "0.2",
      "0.4",
      "0.6",
      "0.8",
      "1.0",
    ]);
    assert.deepEqual(labels(linearAxis([1, 12], { whole: true })), ["2", "4", "6", "8", "10", "12"]);
    assert.deepEqual(labels(linearAxis([0.9, 1], { percent: true, least: 0, most: 1 })), [
      "90%",
      "92%",
      "94%",
      "96%",
      "98%",
      "100%",
    ]);
    assert.deepEqual(labels(linearAxis([0.99, 0.995], { percent: true, least: 0, most: 1 })), [
      "99.0%",
      "99.1%",
      "99.2%",
      "99.3%",
      "99.4%",
      "99.5%",
    ]);
    for (const { at } of linearAxis([-3, 17.2]).ticks) assert.ok(at >= 0 && at <= 1);
  });

  it("have room for one value, equal values and none", () => {
    assert.deepEqual(labels(linearAxis([1], { whole: true })), ["0", "1", "2"]);
    assert.equal(linearAxis([5, 5]).at(5), 0.5);
    assert.ok(linearAxis([Number.NaN]).ticks.length > 1);
    assert.ok(linearAxis([0, 0], { least: 0 }).ticks.length > 1);
    assert.ok(lossAxis([]).ticks.length > 1);
  });

  it("count epochs in whole numbers", () => {
    for (const last of [2, 3, 7, 30, 300, 1234]) {
      for (const label of labels(linearAxis([1, last], { whole: true }))) assert.match(label, /^\d+$/);
    }
  });

  it("take powers of ten where losses lie far apart", () => {
    const wide = lossAxis([0.001, 0.1, 10]);
    assert.deepEqual(labels(wide), ["0.001", "0.01", "0.1", "1", "10"]);
    const [a, b, c] = [0.01, 0.1, 1].map(wide.at) as [number, number, number];
    assert.ok(Math.abs(b - a - (c - b)) < 1e-12);
    assert.equal(wide.at(0), 0);
  });
});

describe("an axis of powers", () => {
  it("goes from the least to the largest value, and marks what it is told to", () => {
    const axis = logAxis([1e-3, 10, 0, Number.NaN]);
    assert.deepEqual(labels(axis), ["0.001", "0.01", "0.1", "1", "10"]);
    assert.deepEqual([axis.at(1e-3), axis.at(0.1), axis.at(10)], [0, 0.5, 1]);
    assert.deepEqual(labels(logAxis([8, 64], [4, 8, 16, 32, 64])), ["8", "16", "32", "64"]);
    assert.ok(Math.abs(logAxis([5]).at(5) - 0.5) < 1e-12);
    assert.ok(logAxis([]).ticks.length > 1);
  });
});

describe("the canvas", () => {
  it("fills boxes, cut at its edges", () => {
    const canvas = new Canvas(4, 3);
    canvas.box(2, -1, 9, 2, [1, 2, 3]);
    assert.deepEqual(pixel(canvas, 2, 0), [1, 2, 3]);
    assert.deepEqual(pixel(canvas, 1, 0), [255, 255, 255]);
    assert.deepEqual(pixel(canvas, 2, 1), [255, 255, 255]);
  });

  it("covers pixels by as much of them as a line does", () => {
    const canvas = new Canvas(9, 5);
    canvas.line(
      [
        [-5, 2.5],
        [20, 2.5],
      ],
      1,
      [0, 0, 0],
    );
    assert.deepEqual(pixel(canvas, 4, 2), [0, 0, 0]);
    assert.deepEqual(pixel(canvas, 4, 1), [255, 255, 255]);
    const between = new Canvas(9, 4);
    between.line(
      [
        [-5, 2],
        [20, 2],
      ],
      1,
      [0, 0, 0],
    );
    assert.deepEqual(pixel(between, 4, 1), [128, 128, 128]);
    assert.deepEqual(pixel(between, 4, 2), [128, 128, 128]);
  });

  it("writes text where it is told to", () => {
    const inked = (canvas: Canvas) => {
      const columns: number[] = [];
      for (let x = 0; x < canvas.width; x++) {
        for (let y = 0; y < canvas.height; y++) if (pixel(canvas, x, y)[0]! < 128) columns.push(x);
      }
      return [Math.min(...columns), Math.max(...columns)] as const;
    };
    const width = textWidth("Hello");
    for (const [align, left] of [
      ["start", 50],
      ["middle", 50 - width / 2],
      ["end", 50 - width],
    ] as const) {
      const canvas = new Canvas(100, 20);
      canvas.text(50, 14, "Hello", { align });
      const [first, last] = inked(canvas);
      assert.ok(
        Math.abs(first - left) <= 1.5 && Math.abs(last - left - width) <= 1.5,
        `${align} ${first} ${last}`,
      );
    }
  });

  it("cuts text that has no room", () => {
    assert.equal(fitted("cat", 100), "cat");
    const cut = fitted("a long name of a class", 60);
    assert.ok(cut.endsWith("…") && textWidth(cut) <= 60, cut);
  });
});

describe("the typeface", () => {
  it("has every character of ASCII, each another drawing", () => {
    const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
    assert.ok(canWrite(ascii));
    assert.equal(new Set(glyphsOf(ascii).map((glyph) => JSON.stringify(glyph))).size, 95);
    for (const { strokes, width } of glyphsOf(ascii)) {
      for (const [x, y] of strokes.flat()) assert.ok(x >= 0 && x <= width && y >= 0 && y <= 10);
    }
  });

  it("leaves accents out, and says what it lacks", () => {
    assert.deepEqual(glyphsOf("é"), glyphsOf("e"));
    assert.ok(canWrite("Ångström") && !canWrite("猫"));
    assert.equal(glyphsOf("猫").length, 1);
  });
});

describe("charts", () => {
  const chart: Chart = {
    title: "Loss <b>",
    kind: "loss",
    epochs: [1, 2, 3, 4],
    curves: [{ name: "a & b", values: [2, Number.NaN, 1, 0.5] }],
  };

  it("leave gaps where values are no numbers", () => {
    const [curve] = layOut(chart).curves;
    assert.deepEqual(
      curve!.lines.map((line) => line.length),
      [1, 2],
    );
  });

  it("are escaped as SVG, with no place outside", () => {
    const svg = chartSvg(chart);
    assert.ok(!svg.includes("<b>") && svg.includes("a &amp; b: 0.5"));
    assert.equal(svg.match(/<circle/g)!.length, 3);
    assert.ok(!/NaN|Infinity|undefined/.test(svg));
  });

  it("are pixels of one height, one beside the other", () => {
    const one = chartPicture([chart]);
    const two = chartPicture([
      chart,
      { ...chart, kind: "share", curves: [{ name: "top 1", values: [0, 0.5, 0.9, 1] }] },
    ]);
    assert.deepEqual([two.width, two.height], [one.width * 2, one.height]);
    assert.ok(one.data.some((value) => value < 100));
    for (const kind of ["loss", "share", "rate"] as const) {
      chartPicture([{ ...chart, kind, epochs: [], curves: [{ name: "none", values: [] }] }]);
    }
  });
});

describe("curves through points", () => {
  const axes = { x: { label: "rate", scale: "log" }, y: { label: "loss", most: 2 } } as const;
  const blue = ({ width, height, data }: Picture) => {
    const rows: number[] = [];
    for (let at = 0; at < width * height; at++) {
      if (data[3 * at + 2]! > data[3 * at]! + 60) rows.push(Math.floor(at / width));
    }
    return rows;
  };

  it("are cut off where they leave the axes, and come back", () => {
    const points = [0.5, 1, 40, 1, Number.NaN, 0.5].map((y, i) => [10 ** i, y] as const);
    const picture = linePicture({ title: "t", ...axes, lines: [{ name: "n", points }] });
    assert.deepEqual([picture.width, picture.height], [640, 400]);
    const rows = blue(picture).filter((row) => row > 50); // the legend lies above
    assert.ok(Math.min(...rows) >= 58 && Math.max(...rows) <= 352, `${Math.min(...rows)}`);
    assert.ok(rows.filter((row) => row < 80).length > 10, "the curve goes up to the edge");
  });

  it("have marks that are written beside them", () => {
    const lines = [{ name: "n", points: [[1, 1] as const, [100, 0.5] as const] }];
    const plain = linePicture({ title: "t", ...axes, lines });
    const marked = linePicture({ title: "t", ...axes, lines, marks: [{ x: 10, label: "here" }] });
    const changed = plain.data.reduce((sum, value, i) => sum + Number(value !== marked.data[i]), 0);
    assert.ok(changed > 300, String(changed));
  });

  it("are refused where there is nothing to draw, or too much to tell apart", () => {
    const draw = (lines: Parameters<typeof linePicture>[0]["lines"], more = {}) =>
      linePicture({ title: "t", ...axes, lines, ...more });
    const line = { name: "n", points: [[1, 1] as const] };
    assert.throws(() => draw([]), OptionError);
    assert.throws(() => draw([{ name: "n", points: [[1, Number.NaN]] }]), /there is no point to draw/);
    assert.throws(() => draw(Array(7).fill(line)), /at most 6 lines can be told apart; got 7/);
    assert.throws(() => draw([line], { mark: [] }), /did you mean "marks"/);
  });
});

describe("a confusion matrix", () => {
  it("shows right in blue and wrong in orange", () => {
    const canvas = confusionPicture([8, 2, 0, 10], ["cat", "dog"], { title: "t" }) as Canvas;
    const corner = [...Array(canvas.width).keys()].find((x) => pixel(canvas, x, 72)[0]! < 200)!;
    const at = (column: number, row: number) => pixel(canvas, corner + 2 + column * 54, 72 + row * 54);
    const [hit, miss, none] = [at(0, 0), at(1, 0), at(0, 1)];
    assert.ok(hit[2]! > hit[0]! + 50, `${hit}`);
    assert.ok(miss[0]! > miss[2]! + 30, `${miss}`);
    assert.deepEqual(none, [247, 248, 249]);
  });

  it("stays within bounds for any number of classes and names", () => {
    for (const n of [1, 3, 30, 300, 1000]) {
      const names = Array.from({ length: n }, (_, i) =>
        i % 2 ? "猫" : `a class with a long name, number ${i}`,
      );
      const { width, height } = confusionPicture(new Int32Array(n * n).fill(1), names, { title: "t" });
      assert.ok(Math.max(width, height) < 1400, `${n}: ${width} × ${height}`);
    }
  });
});

describe("pictures of weights", () => {
  it("are grey at 0, black or white at the largest, and transparent between", () => {
    const picture = filterPicture([1, 0, -0.5, 0, 0, -2, 0, 0], [2, 1, 2, 2])!;
    assert.deepEqual([picture.width, picture.height], [5, 2]);
    const at = (x: number, y: number) => [...picture.data.subarray((y * 5 + x) * 4, (y * 5 + x) * 4 + 4)];
    assert.deepEqual(at(0, 0), [255, 255, 255, 255]);
    assert.deepEqual(at(1, 0), [128, 128, 128, 255]);
    assert.deepEqual(at(0, 1), [64, 64, 64, 255]);
    assert.deepEqual(at(4, 0), [0, 0, 0, 255]);
    assert.equal(at(2, 0)[3], 0);
  });

  it("take colours from three channels, and are none for other layers", () => {
    const picture = filterPicture([1, 0, -1], [1, 3, 1, 1])!;
    assert.deepEqual([...picture.data.subarray(0, 4)], [255, 128, 0, 255]);
    for (const shape of [[2, 5], [2, 16, 3, 3], []]) assert.equal(filterPicture([], shape), null);
    assert.ok(filterPicture([0], [1, 1, 1, 1])!.data.every((value) => value > 0));
  });
});

describe("a grid of pictures", () => {
  it("has a place for each, small ones enlarged by whole factors", () => {
    const tiny = { width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 50, 100, 150) };
    const grid = pictureGrid(
      Array.from({ length: 5 }, () => ({ picture: tiny, caption: "a" })),
      { side: 20 },
    );
    assert.deepEqual([grid.width, grid.height], [6 + 3 * 26, 6 + 2 * 40]);
    assert.deepEqual(pixel(grid as Canvas, 6 + 9, 6 + 9), [0, 0, 0]);
    assert.deepEqual(pixel(grid as Canvas, 6 + 10, 6 + 10), [150, 150, 150]);
    assert.deepEqual(
      [...enlarged(tiny, 2).data],
      [0, 0, 50, 50, 0, 0, 50, 50, 100, 100, 150, 150, 100, 100, 150, 150],
    );
  });
});

describe("parallel coordinates", () => {
  const chart: ParallelChart = {
    title: "four trials",
    axes: [
      { name: "lr0", low: 1e-4, high: 1e-1, scale: "log" },
      { name: "warmup", low: 0, high: 2, scale: "linear" },
      { name: "optimizer", choices: ["sgd", "<adam>"] },
    ],
    score: "accuracy",
    lines: [
      { values: [1e-2, 1, "sgd"], score: 0.9, label: "trial 1" },
      { values: [1e-1, 2, "<adam>"], score: null, label: "trial 2" },
      { values: [1e-4, 0, "sgd"], score: 0.5, label: "trial 3" },
      { values: [1e-3, 0.5, "<adam>"], score: 0.7, label: "trial <4>" },
    ],
  };
  const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(4)));

  it("place each value on its axis, and draw the best last", () => {
    const { axes, lines } = layOutParallel(chart);
    assert.deepEqual(
      lines.map(({ label, shade, isBest }) => [
        label,
        shade === null ? null : Number(shade.toFixed(4)),
        isBest,
      ]),
      [
        ["trial 2", null, false],
        ["trial 3", 0, false],
        ["trial <4>", 0.5, false],
        ["trial 1", 1, true],
      ],
    );
    assert.deepEqual(rounded(lines[0]!.at), [1, 1, 0.75], "a line without a score ends at the last option");
    assert.deepEqual(rounded(lines[3]!.at.slice(0, 3)), [0.6667, 0.5, 0.25]);
    assert.ok(lines[3]!.at[3]! > lines[1]!.at[3]!);
    assert.deepEqual(
      axes.map(({ name }) => name),
      ["lr0", "warmup", "optimizer", "accuracy"],
    );
    assert.deepEqual(labels(axes[2]!), ["sgd", "<adam>"]);
    assert.deepEqual(labels(logAxis([1e-3, 1e-1])), ["0.001", "0.003", "0.01", "0.03", "0.1"]);
  });

  it("have a line for each trial as SVG, with its label escaped", () => {
    const svg = parallelSvg(chart);
    assert.equal(svg.match(/class="trial /g)!.length, 4);
    assert.equal(svg.match(/class="trial failed"/g)!.length, 1);
    assert.match(svg, /class="trial shade8 best"/);
    assert.ok(
      svg.includes("<title>trial &lt;4&gt;</title>") && !svg.includes("<adam>") && !svg.includes("NaN"),
    );
  });

  it("show the best in the darkest shade as pixels, whatever the number of lines and axes", () => {
    const picture = parallelPicture(chart) as Canvas;
    const count = (colour: readonly number[]) => {
      let found = 0;
      for (let at = 0; at < picture.data.length; at += 3) {
        if (colour.every((value, c) => picture.data[at + c] === value)) found++;
      }
      return found;
    };
    assert.ok(count([62, 4, 156]) > 1000, "the thick line of the best");
    assert.ok(count([200, 203, 206]) > 100, "the line that failed");
    const one = {
      ...chart,
      axes: chart.axes.slice(0, 1),
      lines: [{ values: [1e-2], score: 0.5, label: "one" }],
    };
    for (const lines of [one.lines, [{ ...one.lines[0]!, score: null }], []]) {
      assert.ok(parallelPicture({ ...one, lines }).data.some((value) => value < 255));
      assert.ok(!parallelSvg({ ...one, lines }).includes("NaN"));
    }
  });
});
