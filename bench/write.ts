// Puts a section into a Markdown file, so that several commands can share one report. Knows nothing of what it writes.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** `text` with the section of that name replaced, or added at the end; comments mark where it begins and ends. */
export function withSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const section = `${begin}\n\n${content.trim()}\n\n${end}`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from >= 0 && to > from) return text.slice(0, from) + section + text.slice(to + end.length);
  return `${text.trimEnd()}\n\n${section}\n`;
}

const heading = `# Measured

Written by the commands of [bench/README.md](../bench/README.md), which says how they measure.`;

/** Writes a section into a report, which begins with a heading where it is new. */
export function writeSection(file: string, name: string, content: string): void {
  const text = existsSync(file) ? readFileSync(file, "utf8") : heading;
  writeFileSync(file, withSection(text, name, content));
}
