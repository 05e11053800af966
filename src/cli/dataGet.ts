// `fovea data get`: downloads a public data set into the cache or a folder, and shows how it goes.
import path from "node:path";
import { OptionError } from "../base/errors.ts";
import type { PublicSet } from "../data/catalogue.ts";
import { fetchSet, findSet } from "../data/publicSet.ts";
import { cacheFolder } from "./cache.ts";
import { command, dataSet, jsonOption } from "./command.ts";
import { DownloadView } from "./downloadView.ts";
import { number, text } from "./options.ts";

/** The command. */
export const dataGet = command({
  name: "data get",
  summary: "Download a data set, checked by its sums.",
  usage: "data get <name> [options]",
  notes: [
    "Files go to the data set's folder in the cache ($XDG_CACHE_HOME/fovea, by default ~/.cache/fovea). Each is received under a temporary name and takes its own only when its checksum is right; a download that was cut goes on where it ended.",
    "With --json each line of output is an object whose field event says what it tells: start, progress, trouble, done or found.",
  ],
  examples: [
    "fovea data get fashion-mnist",
    "fovea data get emnist-letters root=data/emnist",
    "fovea data get kmnist stall=120 --json",
  ],
  options: {
    root: text(null, "<folder>", "where the files go instead of the cache"),
    mirror: text(null, "<url>", "address of a folder of the same files, instead of the known addresses"),
    stall: number(30, "seconds without a byte after which a server is given up", { above: 0 }),
    ...jsonOption,
  },
  run: async ({ values, operands }, { out }) => {
    const [name, ...more] = operands;
    if (name === undefined || more.length > 0) {
      throw new OptionError(
        `data get takes one data set; got ${operands.length}. Example: ${dataGet.examples[0]}`,
      );
    }
    const set = mirrored(dataSet(name).set, values.mirror);
    const say = (event: object, line: string): void => {
      out.write(values.json ? `${JSON.stringify(event)}\n` : line);
    };
    if (values.root === null) {
      const place = findSet(set, ["train", "test"], { cache: cacheFolder() });
      if (place) {
        const found = { event: "found", name: set.name, path: place.path };
        say(found, `${set.name} is here already: ${place.path}\n`);
        return 0;
      }
    }
    const view = new DownloadView(out);
    const folder = values.root ?? path.join(cacheFolder(), set.folder);
    try {
      await fetchSet(set, {
        folder,
        stallSeconds: values.stall,
        onEvent: (event) => {
          if (!values.json) return view.show(event);
          const { type, ...rest } = event;
          out.write(`${JSON.stringify({ event: type, ...rest })}\n`);
        },
      });
    } finally {
      view.clear();
    }
    say({ event: "found", name: set.name, path: folder }, `${set.name} is in ${folder}\n`);
    return 0;
  },
});

/** The set with another place for its files. */
function mirrored(set: PublicSet, mirror: string | null): PublicSet {
  if (mirror === null) return set;
  if (!/^https?:\/\/./.test(mirror) || !URL.canParse(mirror)) {
    throw new OptionError(`mirror is an address that begins with http:// or https://; got "${mirror}"`);
  }
  const base = mirror.endsWith("/") ? mirror : `${mirror}/`;
  return {
    ...set,
    files: set.files.map((file) => ({ ...file, urls: [new URL(file.name, base).href] })),
  };
}
