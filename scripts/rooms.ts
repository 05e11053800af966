// The rooms of src in the order in which they may know each other, and the check that imports keep to it.
// It reads import statements alone; it knows no types.
import { dirname, posix } from "node:path";

/** One room: a folder of src, or a file right under it. */
export interface Room {
  readonly name: string;
  /** True where it has to run in browsers and without other packages; `*.node.ts` files are for Node alone. */
  readonly everywhere: boolean;
}

/** All rooms, lowest first: a file may import from its own room and from those above it in this list. */
export const rooms: readonly Room[] = [
  { name: "base", everywhere: true },
  { name: "kernel", everywhere: true },
  { name: "backend", everywhere: true },
  { name: "graph", everywhere: true },
  { name: "tensor", everywhere: true },
  { name: "autograd", everywhere: true },
  { name: "ops", everywhere: true },
  { name: "nn", everywhere: true },
  { name: "optim", everywhere: true },
  { name: "picture", everywhere: true },
  { name: "plot", everywhere: true },
  { name: "transforms", everywhere: true },
  { name: "data", everywhere: true },
  { name: "review", everywhere: true },
  { name: "vision", everywhere: true },
  { name: "interop", everywhere: true },
  { name: "profile", everywhere: true },
  { name: "check", everywhere: true },
  { name: "inspect", everywhere: true },
  { name: "design", everywhere: true },
  { name: "explain", everywhere: true },
  { name: "index.ts", everywhere: true },
  { name: "train", everywhere: false },
  { name: "pretrained", everywhere: true },
  { name: "doctor", everywhere: true },
  { name: "report", everywhere: true },
  { name: "entry", everywhere: false },
  { name: "studio", everywhere: false },
  { name: "cli", everywhere: false },
];

/** One breach: where, what, and which rule. */
export interface Breach {
  readonly file: string;
  readonly specifier: string;
  readonly rule: string;
}

/**
 * Breaches in a tree of sources, given as text by path relative to src with `/` between folders. Unit tests
 * (`*.test.ts`) may import anything.
 */
export function checkImports(sources: ReadonlyMap<string, string>): Breach[] {
  const breaches: Breach[] = [];
  /** Folder → folder it imports from → the first import that does so. */
  const folders = new Map<string, Map<string, Omit<Breach, "rule">>>();
  for (const [file, source] of sources) {
    if (file.endsWith(".test.ts")) continue;
    const from = roomOf(file);
    if (from < 0) {
      breaches.push({ file, specifier: "", rule: "every file of src lies in a room of scripts/rooms.ts" });
      continue;
    }
    for (const specifier of importsOf(source)) {
      const rule = specifier.startsWith(".")
        ? orderRule(from, posix.join(dirname(file), specifier))
        : packageRule(file, rooms[from]!, specifier);
      if (rule) breaches.push({ file, specifier, rule });
      if (!specifier.startsWith(".")) continue;
      const [folder, target] = [dirname(file), dirname(posix.join(dirname(file), specifier))];
      if (folder === target) continue;
      const known = folders.get(folder) ?? new Map();
      if (!known.has(target)) known.set(target, { file, specifier });
      folders.set(folder, known);
    }
  }
  return [...breaches, ...cycles(folders)];
}

/** Packages that the studio's page is made of; the build bundles them. */
const pagePackages: ReadonlySet<string> = new Set(["preact", "preact/hooks", "@preact/signals", "uplot"]);
/** What the page may know of the library: its public face, and what it has in common with its server. */
const pageDoors = ["src/index.ts", "src/entry/", "src/studio/shared/"];

/** Breaches in the sources of the studio's page, given as text by path relative to `studio`. */
export function checkPageImports(sources: ReadonlyMap<string, string>): Breach[] {
  return [...sources].flatMap(([file, source]) =>
    importsOf(source).flatMap((specifier): Breach[] => {
      const rule = specifier.startsWith(".")
        ? doorRule(posix.join("studio", dirname(file), specifier))
        : pagePackages.has(specifier)
          ? null
          : "the page is made of preact, @preact/signals and uplot alone";
      return rule ? [{ file, specifier, rule }] : [];
    }),
  );
}

function doorRule(target: string): string | null {
  const isOpen = target.startsWith("studio/") || pageDoors.some((door) => target.startsWith(door));
  return isOpen ? null : "the page knows the library by its public entries and src/studio/shared alone";
}

function roomOf(file: string): number {
  const [name] = file.split("/");
  return rooms.findIndex((room) => room.name === name);
}

function orderRule(from: number, target: string): string | null {
  const to = roomOf(target);
  if (to < 0) return "imports stay inside src";
  return to > from ? `${rooms[from]!.name} is below ${rooms[to]!.name} and must not know it` : null;
}

function packageRule(file: string, room: Room, specifier: string): string | null {
  if (!room.everywhere || file.endsWith(".node.ts") || specifier.startsWith("#")) return null;
  return specifier.startsWith("node:")
    ? `${room.name} runs in browsers, which have no ${specifier}; go through a \`#…\` import of package.json`
    : `${room.name} has no dependencies on other packages`;
}

/** One breach for each circle of folders that import each other. */
function cycles(folders: ReadonlyMap<string, ReadonlyMap<string, Omit<Breach, "rule">>>): Breach[] {
  const found: Breach[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (folder: string): void => {
    if (done.has(folder)) return;
    path.push(folder);
    for (const [target, example] of folders.get(folder) ?? []) {
      const start = path.indexOf(target);
      if (start < 0) visit(target);
      else
        found.push({
          ...example,
          rule: `folders import in a circle: ${[...path.slice(start), target].join(" → ")}`,
        });
    }
    path.pop();
    done.add(folder);
  };
  for (const folder of folders.keys()) visit(folder);
  return found;
}

/** What a source imports, types included; comments do not count. */
function importsOf(source: string): string[] {
  const code = withoutComments(source);
  const statement = /^\s*(?:import|export)\b(?:[^"';=()]*\bfrom)?\s*["']([^"'\n]+)["']/gm;
  const call = /\bimport\(\s*["']([^"'\n]+)["']\s*\)/g;
  return [statement, call].flatMap((pattern) =>
    Array.from(code.matchAll(pattern), ([, specifier]) => specifier!),
  );
}

/** A source with its comments left out; strings stay whole. */
function withoutComments(source: string): string {
  const piece = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return source.replace(piece, (text) => (text.startsWith("/") ? "" : text));
}
