// Help texts, made from what commands declare.
import type { Command, CommandGroup } from "./command.ts";
import { form, type Option } from "./options.ts";

const indent = "  ";
const lineWidth = 96;

/** Help of one command. */
export function commandHelp(command: Command): string {
  const rows = Object.entries(command.options).map(([name, option]): [string, string] => [
    form(name, option),
    optionHelp(option),
  ]);
  rows.push(["--help", "show this"]);
  const sections = [
    `${command.summary}\n`,
    `Usage: fovea ${command.usage}\n`,
    `Options (name=value, --name value and --name=value are the same):\n${table(rows)}`,
    ...command.notes.map((note) => `${wrap(note, lineWidth).join("\n")}\n`),
    `Examples:\n${command.examples.map((example) => `${indent}${example}\n`).join("")}`,
  ];
  return sections.join("\n");
}

/** The commands of a group. */
export function groupHelp({ name, summary }: CommandGroup, commands: Iterable<Command>): string {
  const rows = Array.from(commands, (command) => [command.name, command.summary] as const);
  return [
    `${summary}\n`,
    `Usage: fovea ${name} <command> [options]\n`,
    `Commands:\n${table(rows)}`,
    `fovea ${name} <command> --help shows a command's options and examples.\n`,
  ].join("\n");
}

/** The list of commands. */
export function generalHelp(commands: Iterable<Command | CommandGroup>): string {
  const rows = Array.from(commands, ({ name, summary }) => [name, summary] as const);
  return [
    "fovea: deep learning for people who work with images\n",
    "Usage: fovea <command> [options]\n",
    `Commands:\n${table(rows)}`,
    "fovea <command> --help shows a command's options and examples; fovea --version the version.\n",
    "Exit codes: 0 done, 1 failed, 2 wrong usage.\n",
  ].join("\n");
}

function optionHelp({ help, fallback, placeholder }: Option<unknown>): string {
  const shown = placeholder !== "" && fallback !== null && fallback !== "";
  return shown ? `${help} (default ${String(fallback)})` : help;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(26, Math.max(...rows.map(([left]) => left.length))) + 2;
  const lines = rows.flatMap(([left, help]) => {
    const [first, ...rest] = wrap(help, lineWidth - width - indent.length);
    const more = rest.map((line) => `${indent}${" ".repeat(width)}${line}`);
    if (left.length > width - 2)
      return [`${indent}${left}`, `${indent}${" ".repeat(width)}${first}`, ...more];
    return [`${indent}${left.padEnd(width)}${first}`, ...more];
  });
  return `${lines.join("\n")}\n`;
}

function wrap(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
