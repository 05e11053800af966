import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OptionError } from "../base/errors.ts";
import { bytes, choice, flag, integer, number, orAuto, parseArguments, text, toggle } from "./options.ts";

const options = {
  epochs: integer(10, "passes"),
  lr0: number(null, "rate", { above: 0 }),
  optimizer: choice(["adam", "sgd"], "adam", "which"),
  weightDecay: number(0, "penalty", { min: 0 }),
  "exist-ok": flag("again"),
  name: text("train", "<name>", "name"),
  report: toggle("report"),
};
const parse = (...args: string[]) => parseArguments(args, options);
const message = (...args: string[]): string => {
  try {
    parse(...args);
  } catch (error) {
    assert.ok(error instanceof OptionError);
    return error.message;
  }
  return "accepted";
};

describe("sizes and choices left open", () => {
  const { parse } = bytes(null, "memory");

  it("are written with units, or as auto", () => {
    assert.deepEqual(
      ["2GB", "512 MB", "1.5GiB", "100", "7kB"].map((raw) => parse(raw, "memory")),
      [2e9, 512e6, 1.5 * 2 ** 30, 100, 7000],
    );
    const batch = orAuto(integer(64, "pictures"));
    assert.deepEqual([batch.parse("auto", "batch"), batch.parse("32", "batch")], ["auto", 32]);
    assert.throws(() => batch.parse("autos", "batch"), OptionError);
  });

  it("are refused where they are no size", () => {
    for (const raw of ["", "GB", "-1", "0", "0.5", "1.2.3MB", "2 TB", "3k", "lots"]) {
      assert.throws(() => parse(raw, "memory"), /memory must be a number of bytes such as 2GB/, raw);
    }
  });
});

describe("arguments", () => {
  it("takes three forms of one option, and any spelling of its name", () => {
    for (const args of [["epochs=3"], ["--epochs", "3"], ["--epochs=3"]])
      assert.equal(parse(...args).values.epochs, 3);
    for (const arg of ["weightDecay=0.1", "--weight-decay=0.1", "weight_decay=0.1"]) {
      assert.equal(parse(arg).values.weightDecay, 0.1);
    }
    assert.deepEqual(parse("--exist-ok", "name=a=b").values, {
      ...parse().values,
      "exist-ok": true,
      name: "a=b",
    });
    assert.deepEqual([...parse("lr0=1e-3").given], ["lr0"]);
    assert.deepEqual([parse().values.report, parse("report=false").values.report], [true, false]);
  });

  it("keeps files apart from options", () => {
    const isOperand = (argument: string) => argument === "a=1.png";
    const { operands } = parseArguments(["w.safetensors", "a=1.png", "--", "--odd.png"], options, {
      isOperand,
    });
    assert.deepEqual(operands, ["w.safetensors", "a=1.png", "--odd.png"]);
  });

  it("says what is wrong and what is near", () => {
    const found = [
      "epoch=3",
      "--epochs",
      "epochs=0",
      "epochs=1.5",
      "lr0=NaN",
      "lr0=0",
      "lr0=",
      "weightDecay=-1",
      "optimizer=adma",
      "--exist-ok=maybe",
      "-e",
      "zzzzzz=1",
      "name",
    ].map((argument) => message(argument));
    assert.deepEqual(found, [
      'unknown option "epoch"; did you mean "epochs"?',
      "epochs needs a value: epochs=<n>",
      'epochs must be a whole number of at least 1; got "0"',
      'epochs must be a whole number of at least 1; got "1.5"',
      'lr0 must be a number above 0; got "NaN"',
      'lr0 must be a number above 0; got "0"',
      'lr0 must be a number above 0; got ""',
      'weightDecay must be a number of at least 0; got "-1"',
      'optimizer has no choice "adma"; did you mean "adam"?',
      'exist-ok is true or false; got "maybe"',
      'unknown option "-e"; known are epochs, lr0, optimizer, weightDecay, exist-ok, name, report',
      'unknown option "zzzzzz"; known are epochs, lr0, optimizer, weightDecay, exist-ok, name, report',
      "name is an option; write name=<name>",
    ]);
  });
});
