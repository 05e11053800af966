#!/usr/bin/env node
// The command line's entry: finds the command, reads its options, runs it, and turns errors into messages and exit
// codes (0 done, 1 failed, 2 wrong usage).
import { existsSync } from "node:fs";
import { FoveaError, OptionError } from "../base/errors.ts";
import type { Command, CommandGroup, Context } from "./command.ts";
import { version } from "./environment.ts";
import { commandHelp, generalHelp, groupHelp } from "./help.ts";
import { parseArguments, suggestion } from "./options.ts";
import { printable, style, terminalOf } from "./terminal.ts";

/** Commands are loaded when they are asked for, so that help and mistakes answer at once. */
const commands: ReadonlyMap<string, () => Promise<Command | CommandGroup>> = new Map<
  string,
  () => Promise<Command | CommandGroup>
>([
  ["train", async () => (await import("./train.ts")).train],
  ["val", async () => (await import("./val.ts")).val],
  ["sweep", async () => (await import("./sweep.ts")).sweep],
  ["studio", async () => (await import("./studio.ts")).studio],
  ["lr-find", async () => (await import("./lrFind.ts")).lrFind],
  ["report", async () => (await import("./report.ts")).report],
  ["predict", async () => (await import("./predict.ts")).predict],
  ["explain", async () => (await import("./explain.ts")).explain],
  ["export", async () => (await import("./export.ts")).exportWeights],
  ["convert", async () => (await import("./convert.ts")).convert],
  ["inspect", async () => (await import("./inspect.ts")).inspect],
  ["summary", async () => (await import("./summary.ts")).summary],
  ["review", async () => (await import("./review.ts")).review],
  ["profile", async () => (await import("./profile.ts")).profile],
  ["data", async () => (await import("./data.ts")).data],
  ["info", async () => (await import("./info.ts")).info],
]);

async function main(args: readonly string[], context: Context): Promise<number> {
  const [name = "help", ...rest] = args;
  if (name === "--version" || name === "-v" || name === "version") {
    context.out.write(`${version()}\n`);
    return 0;
  }
  if (name === "help" || name === "--help" || name === "-h") {
    const [about, ...more] = rest;
    if (about !== undefined && !about.startsWith("-")) {
      context.out.write(await helpOf((await find(about, more)).found));
    } else context.out.write(generalHelp(await Promise.all(Array.from(commands.values(), (make) => make()))));
    return 0;
  }
  const { found, args: own } = await find(name, rest);
  if (!("run" in found) || own.includes("--help") || own.includes("-h")) {
    context.out.write(await helpOf(found));
    return 0;
  }
  return found.run(parseArguments(own, found.options, { isOperand: existsSync }), context);
}

/** A command, or the group where no command of it is named, with the arguments behind its name. */
async function find(
  name: string,
  args: readonly string[],
): Promise<{ found: Command | CommandGroup; args: readonly string[] }> {
  const found = await load(name, commands, "command");
  const [inner, ...rest] = args;
  if ("run" in found || inner === undefined || inner.startsWith("-")) return { found, args };
  return { found: await load(inner, found.commands, `command of ${name}`), args: rest };
}

async function load<T>(name: string, known: ReadonlyMap<string, () => Promise<T>>, what: string): Promise<T> {
  const make = known.get(name);
  if (!make) {
    throw new OptionError(`unknown ${what} "${name}"; ${suggestion(name, known.keys())} See fovea --help`);
  }
  return make();
}

async function helpOf(found: Command | CommandGroup): Promise<string> {
  if ("run" in found) return commandHelp(found);
  return groupHelp(found, await Promise.all(Array.from(found.commands.values(), (make) => make())));
}

/** Says what went wrong: a sentence for mistakes and bad input, the stack too where the fault is in Fovea itself. */
function report(error: unknown, context: Context, json: boolean): number {
  const isKnown = error instanceof FoveaError || (error instanceof Error && "syscall" in error);
  const message = error instanceof Error ? error.message : String(error);
  const text = !isKnown && error instanceof Error ? (error.stack ?? message) : message;
  context.err.write(`${style(context.err, "red", "error:")} ${text.split("\n").map(printable).join("\n")}\n`);
  if (json) {
    const name = error instanceof Error ? error.name : "Error";
    context.out.write(`${JSON.stringify({ error: { name, message } })}\n`);
  }
  return error instanceof OptionError ? 2 : 1;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away: end as a process that the signal SIGPIPE ends.
  if (error.code === "EPIPE") process.exit(141);
  throw error;
});

const context: Context = { out: terminalOf(process.stdout), err: terminalOf(process.stderr) };
const args = process.argv.slice(2);
try {
  process.exitCode = await main(args, context);
} catch (error) {
  process.exitCode = report(
    error,
    context,
    args.some((argument) => /^(--)?json(=true)?$/.test(argument)),
  );
}
