// What a review looks like on a terminal, and the line that shows how far it is.
import type { Finding, FindingCase, Severity } from "../review/findings.ts";
import { tally, withoutRoot } from "../review/page.ts";
import type { Review, ReviewProgress } from "../review/review.ts";
import { bar } from "./progress.ts";
import { clock, count, style, type Terminal } from "./terminal.ts";

/** Cases of a finding that are shown, and files of a case. */
const mostCases = 3;
const mostFiles = 3;
const barWidth = 24;
/** Shortest time between two drawings of the line, ms. */
const drawEvery = 100;

const colours: Readonly<Record<Severity, "red" | "yellow" | "cyan">> = {
  error: "red",
  warning: "yellow",
  note: "cyan",
};

/** The review as text: the set in figures, findings by weight, and a line that sums up. */
export function reviewText(review: Review, name: string, seconds: number, out: Terminal): string {
  const lines = [style(out, "bold", `${name}: ${figures(review)}`)];
  for (const finding of review.findings) lines.push("", ...findingLines(finding, review.root, out));
  if (review.normalize) {
    const list = (values: readonly number[]) => `[${values.map((value) => value.toFixed(4)).join(", ")}]`;
    const { mean, std } = review.normalize;
    lines.push("", `For Normalize: mean ${list(mean)}, std ${list(std)}`);
  }
  for (const text of review.leftOut) lines.push(style(out, "dim", `Left out: ${text}`));
  const worst = review.findings[0]?.severity;
  const summary = `${tally(review.findings)} in ${count(review.pictures)} pictures; ${clock(seconds)}`;
  lines.push("", style(out, worst ? colours[worst] : "green", summary));
  return `${lines.join("\n")}\n`;
}

function figures({ pictures, classes, parts, sizes }: Review): string {
  const inPart = parts.map((part) => {
    const sum = classes.reduce((total, { byPart }) => total + (byPart[part] ?? 0), 0);
    return `${part} ${count(sum)}`;
  });
  const texts = [
    `${count(pictures)} pictures in ${classes.length} classes${inPart.length > 0 ? ` (${inPart.join(", ")})` : ""}`,
  ];
  if (sizes) {
    const [small, large] = [sizes.smallest.join("×"), sizes.largest.join("×")];
    texts.push(small === large ? `${small} pixels` : `${small} to ${large} pixels`);
  }
  return texts.join(", ");
}

function findingLines(finding: Finding, root: string | null, out: Terminal): string[] {
  const { severity, title, id, cases, why, fix } = finding;
  const head = `${style(out, colours[severity], severity)} ${style(out, "bold", title)} (${id}): ${count(finding.count)}`;
  const shown = cases.slice(0, mostCases).map((found) => `  ${caseLine(found, root)}`);
  const more =
    finding.count > mostCases ? [style(out, "dim", `  … and ${count(finding.count - mostCases)} more`)] : [];
  const arrow = out.hasUnicode ? "→" : "->";
  return [head, ...shown, ...more, style(out, "dim", `  ${why}`), `  ${arrow} ${fix}`];
}

function caseLine({ files, detail }: FindingCase, root: string | null): string {
  const names = files.slice(0, mostFiles).map((file) => shown(withoutRoot(file, root)));
  if (files.length > mostFiles) names.push(`${files.length - mostFiles} more`);
  return names.length === 0 ? shown(detail) : `${names.join(", ")}: ${shown(detail)}`;
}

/** A name without characters that would steer the terminal. */
function shown(text: string): string {
  return text.replace(/\p{Cc}/gu, "\uFFFD");
}

/** Shows on a terminal how far a review is. */
export class ReviewProgressView {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #startedAt: number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(terminal: Terminal, { now = () => performance.now() }: { now?: () => number } = {}) {
    this.#terminal = terminal;
    this.#now = now;
    this.#startedAt = now();
  }

  /** Rewrites the line, at most ten times a second. */
  show({ done, total }: ReviewProgress): void {
    const terminal = this.#terminal;
    const now = this.#now();
    if (!terminal.isLive || now - this.#drawnAt < drawEvery) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    const seconds = (now - this.#startedAt) / 1000;
    const left = (seconds * (total - done)) / done;
    const text = `${count(done)} of ${count(total)} pictures  ${clock(left)} left`;
    const width = Math.max(1, terminal.columns - 1);
    const room = Math.min(barWidth, width - text.length - 2);
    if (room < 6) {
      terminal.write(`\r\x1b[K${text.slice(0, width)}`);
      return;
    }
    const [full, empty] = bar(done / total, room, terminal.hasUnicode);
    terminal.write(`\r\x1b[K${style(terminal, "cyan", full)}${style(terminal, "dim", empty)}  ${text}`);
  }

  /** Takes the line away, so that other text can follow. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#terminal.write("\r\x1b[K");
    this.#isDrawn = false;
  }
}
