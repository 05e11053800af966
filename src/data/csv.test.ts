import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError, OptionError } from "../base/errors.ts";
import { csvDataset, parseCsv } from "./csv.ts";
import { csvLabels, jsonlLabels } from "./labelTable.ts";

const file = "table";

function rows(text: string | Uint8Array, options = {}): [number, ...string[]][] {
  return Array.from(parseCsv(text, { file, ...options }), ({ line, fields }) => [line, ...fields]);
}

function refused(call: () => unknown, message: RegExp): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof FormatError, String(error));
    assert.match(error.message, message);
    assert.ok(error.message.startsWith(`${file}: `), error.message);
    return true;
  });
}

test("rows: line ends of all kinds, blank lines, a byte order mark, no line end at the end", () => {
  const expected = [
    [1, "a", "b"],
    [3, "1", ""],
  ];
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = `a,b${end}${end}1,`;
    assert.deepEqual(rows(text), expected);
    assert.deepEqual(rows(`${text}${end}`), expected);
    assert.deepEqual(rows(`\ufeff${text}`), expected);
    assert.deepEqual(rows(new TextEncoder().encode(`\ufeff${text}`)), expected);
  }
  assert.deepEqual(rows(""), []);
  assert.deepEqual(rows("a;b", { delimiter: ";" }), [[1, "a", "b"]]);
});

test("rows: quoted fields with delimiters, quotes and line ends, and lines counted through them", () => {
  const text = 'x,"a ""b"", c"\r\n"two\nlines\r\nthree",y\n"","";'.replace(";", "\n");
  assert.deepEqual(rows(text), [
    [1, "x", 'a "b", c'],
    [2, "two\nlines\r\nthree", "y"],
    [5, "", ""],
  ]);
  assert.deepEqual(rows('""\n"a"'), [
    [1, ""],
    [2, "a"],
  ]);
});

test("rows: what is wrong is named with its line", () => {
  refused(() => rows("a,b\n1,2\n1,2,3"), /csv: line 3: 3 fields; expected 2, as in the first row/);
  refused(() => rows('a\n\n"b\nc'), /csv: line 3: the quote that opens field 1 is never closed/);
  refused(() => rows('a,b\n"c\nd"e,f'), /csv: line 3: "e" behind the closing quote of field 1/);
  refused(() => rows('a,b"c"'), /csv: line 1: a quote inside of field 2/);
  refused(() => rows(Uint8Array.of(0x61, 0xff)), /the text is not UTF-8/);
  for (const delimiter of ["", "ab", '"', "\n"]) assert.throws(() => rows("a", { delimiter }), OptionError);
});

test("rows: long tables take time in proportion to their length", () => {
  for (const text of ["\r".repeat(2_000_000), "1,2\n".repeat(200_000), "1,2\r".repeat(200_000)]) {
    const start = performance.now();
    let count = 0;
    for (const _ of parseCsv(text)) count++;
    assert.ok(performance.now() - start < 2000, `${count} rows`);
  }
});

test("a data set of labels and pixels, with a header and without", () => {
  const table = "label,p0,p1\n1,0,255\n0,7,8\n";
  const dataset = csvDataset(table, { shape: [1, 1, 2] });
  assert.deepEqual([...dataset.data], [0, 255, 7, 8]);
  assert.deepEqual([...dataset.labels], [1, 0]);
  assert.deepEqual(dataset.classes, ["0", "1"]);
  assert.deepEqual(dataset.sampleShape, [1, 1, 2]);
  assert.ok(dataset.data instanceof Uint8Array);
  const bare = csvDataset("1,0,255\n0,7,8\n");
  assert.deepEqual([bare.data, bare.labels, bare.sampleShape], [dataset.data, dataset.labels, [2]]);
  const floats = csvDataset("0.5,cat,-1\n1e3,ant,2", { label: 1, dtype: "float32" });
  assert.deepEqual(floats.data, Float32Array.of(0.5, -1, 1000, 2));
  assert.deepEqual(
    [floats.classes, [...floats.labels]],
    [
      ["ant", "cat"],
      [1, 0],
    ],
  );
  const named = csvDataset("p,kind\n1,b\n2,a", { label: "kind", classes: ["b", "a"] });
  assert.deepEqual([...named.labels], [0, 1]);
  const indexed = csvDataset("1,5\n0,6", { classes: ["shirt", "shoe"] });
  assert.deepEqual([...indexed.labels], [1, 0]);
  assert.equal(csvDataset("label,p0\n").length, 0);
});

test("a data set: what is wrong is named with line and column", () => {
  const make = (text: string, options: object = {}) => csvDataset(text, { file, ...options });
  refused(
    () => make("label,p0\n1,256"),
    /csv: line 2, column "p0": "256" is not a whole number from 0 to 255; for others give dtype/,
  );
  refused(() => make("1,2\n1,x"), /csv: line 2, column 1: "x" is not a whole number/);
  refused(() => make("label,p0\n1,"), /line 2, column "p0": ""/);
  refused(() => make("label,p0\n1,1e999", { dtype: "float32" }), /"1e999" is not a finite number/);
  refused(
    () => make("label,p0\n1,5", { shape: [1, 28, 28] }),
    /line 1: shape \[1, 28, 28\] needs 784 columns beside the label; got 1/,
  );
  refused(
    () => make("lable,p0\n1,5", { label: "label" }),
    /there is no column "label"; did you mean "lable"\? Columns: lable, p0/,
  );
  refused(() => make("a,a\n1,5", { label: "a" }), /two columns are named "a"/);
  refused(() => make("2,5", { classes: ["x", "y"] }), /line 1: label "2" is no class; known are x, y/);
  assert.throws(() => make("1,5", { label: 2 }), OptionError);
  assert.throws(() => make("1,5", { label: "x", header: false }), OptionError);
  assert.throws(() => make("1,5", { dtype: "int8" }), OptionError);
  assert.throws(() => make("1,5", { labels: 0 }), /there is no option "labels"; did you mean "label"\?/);
});

test("labels of files from CSV, with other columns around", () => {
  const text = 'id,label,file_name\n1,cat,"a, b.png"\n\n2,dog,__proto__\n';
  assert.deepEqual(csvLabels(text), [
    { file: "a, b.png", label: "cat", line: 2 },
    { file: "__proto__", label: "dog", line: 4 },
  ]);
  const own = csvLabels("path\tkind\nx.png\t3", { fileColumn: "path", labelColumn: "kind", delimiter: "\t" });
  assert.deepEqual(own, [{ file: "x.png", label: "3", line: 2 }]);
  refused(() => csvLabels("", { file }), /the table is empty; expected a header with file_name and label/);
  refused(
    () => csvLabels("filename,label\n", { file }),
    /no column "file_name"; did you mean "filename"\? Columns: filename, label/,
  );
  refused(() => csvLabels("file_name,label\na,x\nb,", { file }), /line 3: label is empty/);
  refused(() => csvLabels("file_name,label\n,x", { file }), /line 2: file_name is empty/);
  refused(() => csvLabels("file_name,label\na,x\na,y", { file }), /line 3: "a" is in line 2 already/);
});

test("labels of files from metadata.jsonl", () => {
  const text = '{"file_name": "a.png", "label": "cat", "box": [1]}\r\n\n{"label": 3, "file_name": "b.png"}\n';
  assert.deepEqual(jsonlLabels(text), [
    { file: "a.png", label: "cat", line: 1 },
    { file: "b.png", label: "3", line: 3 },
  ]);
  const odd = '{"__proto__": {"polluted": 1}, "file_name": "constructor", "label": "__proto__"}';
  assert.deepEqual(jsonlLabels(odd), [{ file: "constructor", label: "__proto__", line: 1 }]);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  refused(
    () => jsonlLabels('{"__proto__": {"file_name": "a", "label": "b"}}', { file }),
    /there is no "file_name"/,
  );
  refused(() => jsonlLabels('\n{"file_name": }', { file }), /jsonl: line 2: not JSON \(/);
  refused(() => jsonlLabels("[1]", { file }), /line 1: expected an object with file_name and label/);
  refused(() => jsonlLabels("null", { file }), /line 1: expected an object/);
  refused(
    () => jsonlLabels('{"file": "a", "label": 1}', { file }),
    /line 1: there is no "file_name".*Keys: file, label/,
  );
  refused(
    () => jsonlLabels('{"file_name": 5, "label": 1}', { file }),
    /file_name is a number; expected a text/,
  );
  refused(
    () => jsonlLabels('{"file_name": "a", "label": null}', { file }),
    /label is null; expected a text or a number/,
  );
  refused(() => jsonlLabels('{"file_name": "a", "label": [1]}', { file }), /label is a list/);
  refused(
    () => jsonlLabels('{"file_name":"a","label":1}\n{"file_name":"a","label":1}', { file }),
    /line 2: "a" is in line 1 already/,
  );
});
