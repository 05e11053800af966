// Mistakes with the weights that come with the package, from code and from the command line.
import { parseArguments } from "../../src/cli/options.ts";
import { train } from "../../src/cli/train.ts";
import { val } from "../../src/cli/val.ts";
import { modelCard, type PretrainedName, pretrained } from "../../src/pretrained/index.ts";

const silent = { isLive: false, hasColour: false, columns: 80, hasUnicode: false, write: () => {} };
const context = { out: silent, err: silent };

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "a name that is nearly one": () => pretrained("lenet-minst" as PretrainedName),
  "an unknown name": () => modelCard("efficientnet"),
  "an unknown option": () => pretrained("lenet-mnist", { class: ["a"] } as object),
  "no classes": () => pretrained("lenet-mnist", { classes: [] }),
  "one class twice": () => pretrained("lenet-mnist", { classes: ["cat", "dog", "cat"] }),
  "a file that is not there": () => pretrained("lenet-mnist", { source: "/nowhere/lenet.safetensors" }),
  "a server that is not there": () =>
    pretrained("lenet-mnist", { source: "http://127.0.0.1:1/lenet.safetensors" }),
  "bytes of another format": () => pretrained("lenet-mnist", { source: new Uint8Array(100) }),
  "val with a name that is nearly one": () => val.run(parseArguments(["lenet-mnits"], val.options), context),
  "train with another network": () =>
    train.run(parseArguments(["weights=lenet-mnist", "model=resnet20"], train.options), context),
  "train from nowhere": () => train.run(parseArguments(["weights=nowhere"], train.options), context),
};
