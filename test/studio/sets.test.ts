// The studio's sets of pictures: which folders are sets, what they list, thumbnails, and what is refused.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { knownSets } from "../../src/cli/knownSets.ts";
import { namedSets, placeOf } from "../../src/cli/studioPlace.ts";
import { decodeImage } from "../../src/picture/image.ts";
import { placesOf } from "../../src/studio/sets/places.ts";
import { SheetCache } from "../../src/studio/sets/sheetCache.ts";
import type { SetAnswer, SetSummary } from "../../src/studio/shared/sets.ts";
import { photo, pngFile } from "../support/photos.ts";
import { shapes, writeShapes } from "../support/pictureFolder.ts";
import { type OpenStudio, openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

const root = temporaryFolder();
const [photos, parts, flat, project] = ["photos", "parts", "flat", "work/runs"].map((name) =>
  path.join(root, name),
);
let open: OpenStudio;

before(async () => {
  writeShapes(photos!, 3);
  writeShapes(path.join(parts!, "train"), 2);
  writeShapes(path.join(parts!, "validation"), 1, 50);
  writeFiles(root, {
    "photos/disc/cut.png": pngFile(photo(1)).subarray(0, 400),
    "photos/loose.png": pngFile(photo(2, 300, 200)),
    "photos/runs/classify/train/args.yaml": "model: lenet\n",
    "photos/runs/classify/train/results.png": "pixels",
    "flat/b.png": pngFile(photo(3)),
    "flat/a <b>.png": pngFile(photo(4)),
    "flat/notes.txt": "x",
    "secret/key.png": pngFile(photo(5)),
    "work/runs/classify/train/args.yaml": "model: lenet\ndata: ../parts\nepochs: 2\n",
    "work/runs/classify/other/args.yaml": "model: lenet\ndata: nowhere\nepochs: 2\n",
  });
  symlinkSync(path.join(root, "secret/key.png"), path.join(photos!, "square/link.png"));
  open = await openStudio(project!, { sets: { folders: [photos!, flat!], known: knownSets() } });
});
after(() => open.studio.close());

async function get<T>(where: string): Promise<T> {
  const { status, text } = await open.ask(where);
  assert.equal(status, 200, text);
  return JSON.parse(text) as T;
}

async function idOf(name: string): Promise<string> {
  return (await get<SetSummary[]>("/api/sets")).find((set) => set.name === name)!.id;
}

test("sets are the folders given, what runs were trained on, and public ones that are here", async () => {
  const sets = await get<SetSummary[]>("/api/sets");
  assert.deepEqual(
    sets
      .slice(0, 3)
      .map(({ name, kind, isEditable, length, classes }) => [name, kind, isEditable, length, classes]),
    [
      ["photos", "folder", true, 12, 3],
      ["flat", "folder", true, 2, 0],
      ["parts", "folder", true, 9, 3],
    ],
  );
  const mnist = sets.find(({ id }) => id === "mnist");
  assert.deepEqual(
    [mnist?.kind, mnist?.isEditable, mnist?.length, mnist?.classes],
    ["known", false, 70_000, 10],
  );
  for (const { id } of sets) assert.match(id, /^[a-z0-9-]+$/);
});

test("a set lists its pictures with classes and parts; those without a class come last", async () => {
  const set = await get<SetAnswer>(`/api/sets/${await idOf("photos")}`);
  assert.deepEqual(set.classes, [...shapes]);
  assert.deepEqual(set.names.slice(0, 5), [
    "disc/0.png",
    "disc/1.png",
    "disc/2.png",
    "disc/cut.png",
    "square/0.png",
  ]);
  assert.deepEqual([set.names.at(-1), set.labels.at(-1)], ["loose.png", -1]);
  assert.ok(!set.names.some((name) => name.startsWith("runs/")));
  assert.deepEqual(set.splits, []);
  const divided = await get<SetAnswer>(`/api/sets/${await idOf("parts")}`);
  assert.deepEqual(divided.splits, [
    { name: "train", from: 0, count: 6 },
    { name: "val", from: 6, count: 3 },
  ]);
  assert.equal(divided.names[6], "validation/disc/0.png");
  const plain = await get<SetAnswer>(`/api/sets/${await idOf("flat")}`);
  assert.deepEqual([plain.classes, plain.names, plain.labels], [[], ["a <b>.png", "b.png"], [-1, -1]]);
});

test("a folder is read anew when a picture was added, and old numbers are refused then", async () => {
  const id = await idOf("flat");
  const before = await get<SetAnswer>(`/api/sets/${id}`);
  writeFileSync(path.join(flat!, "a.png"), pngFile(photo(6)));
  const now = await get<SetAnswer>(`/api/sets/${id}`);
  assert.deepEqual(now.names, ["a <b>.png", "a.png", "b.png"]);
  assert.notEqual(now.version, before.version);
  assert.equal((await open.ask(`/api/sets/${id}/sheet/0/2?version=${before.version}`)).status, 409);
  rmSync(path.join(flat!, "a.png"));
  assert.equal((await get<SetAnswer>(`/api/sets/${id}`)).version, before.version);
});

test("a folder that can't be read is listed with the reason", async () => {
  const odd = path.join(root, "odd");
  for (const part of ["train", "val", "valid"]) writeShapes(path.join(odd, part), 1);
  const other = await openStudio(project!, { sets: { folders: [odd], known: [] } });
  const [first] = JSON.parse((await other.ask("/api/sets")).text) as SetSummary[];
  const refused = await other.ask(`/api/sets/${first!.id}`);
  await other.studio.close();
  assert.match(first!.problem!, /two folders for one part, val and valid; rename or remove one/);
  assert.deepEqual([first!.length, refused.status], [0, 400]);
});

test("a sheet has a square for each picture, blank for what can't be read or leads out of the folder", async () => {
  const id = await idOf("photos");
  const { bytes, headers } = await open.ask(`/api/sets/${id}/sheet/0/12`);
  assert.equal(headers["content-type"], "image/jpeg");
  const sheet = await decodeImage(bytes);
  assert.deepEqual([sheet.width, sheet.height], [8 * 128, 2 * 128]);
  const { names } = await get<SetAnswer>(`/api/sets/${id}`);
  const tiles = String(headers["fovea-tiles"]).split(" ");
  assert.equal(tiles[names.indexOf("disc/cut.png")], "0x0");
  assert.equal(tiles[names.indexOf("square/link.png")], "0x0");
  assert.equal(tiles.at(-1), "128x85");
  assert.equal(tiles.filter((size) => size === "0x0").length, 2);
});

test("sheets and pictures are kept by the browser as long as nothing changes", async () => {
  const id = await idOf("photos");
  for (const where of [
    `/api/sets/${id}/sheet/0/4`,
    `/api/sets/${id}/picture/0`,
    "/api/sets/mnist/sheet/64/8",
  ]) {
    const first = await open.ask(where);
    const tag = String(first.headers.etag);
    assert.equal(first.headers["cache-control"], "private, no-cache");
    const again = await open.ask(where, { headers: { ...open.own, "If-None-Match": tag } });
    assert.deepEqual([again.status, again.bytes.length], [304, 0], where);
  }
  writeFileSync(path.join(photos!, "disc/1.png"), pngFile(photo(7)));
  const sheet = await open.ask(`/api/sets/${id}/sheet/0/4`);
  assert.equal(sheet.status, 200);
});

test("public sets are PNG, pixel by pixel", async () => {
  const { labels, splits, side } = await get<SetAnswer>("/api/sets/mnist");
  assert.deepEqual([labels.length, labels[0], side, splits[1]?.from], [70_000, 5, 28, 60_000]);
  const { bytes, headers } = await open.ask("/api/sets/mnist/picture/0");
  assert.equal(headers["content-type"], "image/png");
  const picture = await decodeImage(bytes);
  assert.deepEqual([picture.width, picture.height, Math.max(...picture.data)], [28, 28, 255]);
});

test("a picture is the file itself, and nothing else of the disk", async () => {
  const id = await idOf("photos");
  const { names } = await get<SetAnswer>(`/api/sets/${id}`);
  const { headers, bytes } = await open.ask(`/api/sets/${id}/picture/${names.indexOf("loose.png")}`);
  assert.deepEqual([headers["content-type"], headers["x-content-type-options"]], ["image/png", "nosniff"]);
  assert.deepEqual([(await decodeImage(bytes)).width], [300]);
  const link = names.indexOf("square/link.png");
  const refused: [string, number][] = [
    [`/api/sets/${id}/picture/${link}`, 404],
    [`/api/sets/${id}/picture/12`, 404],
    [`/api/sets/${id}/picture/-1`, 400],
    [`/api/sets/${id}/picture/..`, 400],
    [`/api/sets/${id}/picture/disc%2f0.png`, 400],
    [`/api/sets/${id}/sheet/8/8`, 404],
    [`/api/sets/${id}/sheet/0/0`, 400],
    [`/api/sets/${id}/sheet/0/1000`, 400],
    ["/api/sets/secret", 404],
    ["/api/sets/nowhere/sheet/0/1", 404],
  ];
  for (const [where, status] of refused) assert.equal((await open.ask(where)).status, status, where);
});

test("the set that pages are about is kept for all tabs", async () => {
  const put = (body: string) =>
    open.ask("/api/preferences", {
      method: "PUT",
      headers: { ...open.own, "Content-Type": "application/json" },
      body,
    });
  assert.equal(JSON.parse((await put('{"set":"mnist"}')).text).set, "mnist");
  assert.equal((await put('{"set":3}')).status, 400);
  assert.equal(JSON.parse((await put('{"set":null}')).text).set, null);
});

test("what a folder means: pictures never get runs written among them", async () => {
  const here = process.cwd();
  const cwd = temporaryFolder();
  process.chdir(cwd);
  try {
    assert.deepEqual(await placeOf(undefined), { project: "runs", shown: [], folders: [] });
    assert.deepEqual(await placeOf(parts), { project: "runs", shown: [], folders: [parts] });
    assert.deepEqual(await placeOf(flat), { project: "runs", shown: [], folders: [flat] });
    const inside = path.join(photos!, "runs");
    assert.deepEqual(await placeOf(photos), { project: inside, shown: [], folders: [photos] });
    assert.deepEqual(await placeOf(project), { project, shown: [], folders: [] });
    const work = path.dirname(project!);
    assert.deepEqual(await placeOf(work), { project, shown: [], folders: [] });
    const run = path.join(project!, "classify/train");
    assert.deepEqual(await placeOf(run), { project, shown: ["classify/train"], folders: [] });
    mkdirSync("empty");
    assert.deepEqual(await placeOf("empty"), { project: "empty", shown: [], folders: [] });
  } finally {
    process.chdir(here);
  }
  const known = knownSets();
  assert.deepEqual(namedSets(`${photos},mnist`, known), { folders: [photos], asked: ["mnist"] });
  const places = placesOf({ folders: [flat!], known, asked: ["mnist"] }, [parts!], project!);
  assert.deepEqual(
    places.slice(0, 3).map(({ name }) => name),
    ["flat", "mnist", "parts"],
  );
  assert.throws(() => namedSets("mnits", known), /no folder "mnits"; did you mean "mnist"\?/);
});

test("sheets are kept up to a number of bytes, the oldest going first", async () => {
  const cache = new SheetCache(10);
  const drawn: string[] = [];
  const ask = (tag: string) =>
    cache.get(tag, async () => {
      drawn.push(tag);
      return { bytes: new Uint8Array(4), type: "image/png", tiles: [] };
    });
  for (const tag of ["a", "b", "a", "c", "a", "b"]) await ask(tag);
  assert.deepEqual(drawn, ["a", "b", "c", "b"]);
});
