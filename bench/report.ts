// The comparison's results as text for people and as Markdown. Knows nothing of how they were measured.
import { type Absent, type Measured, rate, ratio, type WorkResult } from "./compare.ts";
import { title } from "./sides.ts";
import { round, type Summary, summarise } from "./statistics.ts";
import type { Work } from "./works.ts";

/** A rate with as many digits as are worth reading: whole numbers with separators, or three digits. */
export function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : round(value, 3).toString();
}

/** A median with its range. */
export function spread({ median, min, max }: Summary): string {
  return `${figure(median)} (${figure(min)}–${figure(max)})`;
}

/** How many times as fast: three digits. */
const times = (value: number): string => round(value, 3).toString();

/** One work in a few lines: a side each, peers with ours ÷ theirs. */
export function workText({ work, measured, absent, disturbed, warnings }: WorkResult): string {
  const ours = measured.filter(({ isOurs }) => isOurs);
  const lines = measured.map((side) => {
    const ratios =
      side.isOurs || ours.length === 0
        ? ""
        : `  ours ÷ this: ${ours.map((own) => times(ratio(own, side).median)).join(", ")}`;
    const name = title(side, side.about).padEnd(32);
    const threads = count(side.about.threads, "thread");
    return `  ${name}${spread(summarise(side.rates)).padEnd(28)}${side.about.mode}, ${threads}${ratios}`;
  });
  return [
    `${work.name}, ${work.unit}`,
    ...lines,
    ...absent.map(({ key, reason, hasFailed }) => `  ${key}: –  (${hasFailed ? "failed: " : ""}${reason})`),
    ...warnings.map((warning) => `  warning: ${warning}`),
    ...(disturbed > 0
      ? [
          `  ${count(disturbed, "counted round")} ${disturbed === 1 ? "was" : "were"} disturbed by other programs`,
        ]
      : []),
  ].join("\n");
}

const groups: readonly { readonly title: string; readonly kinds: readonly Work["kind"][] }[] = [
  { title: "Training, samples/s", kinds: ["train", "layer"] },
  { title: "Inference, samples/s", kinds: ["infer"] },
  { title: "Matrix products and convolutions, GFLOP/s", kinds: ["matmul", "conv"] },
];

/** The results as Markdown: for each group of works a table of rates and one of ratios; then modes and remarks. */
export function comparisonMarkdown(results: readonly WorkResult[]): string {
  return [
    ...groups.flatMap(({ title, kinds }) => {
      const own = results.filter(({ work }) => kinds.includes(work.kind));
      return own.length === 0 ? [] : [`### ${title}`, ratesTable(own), ratiosTable(own)];
    }),
    "### Modes",
    modes(results),
    ...remarks(results),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The sides that did at least one of the works, in their order, with their titles. */
function columns(results: readonly WorkResult[]): { key: string; isOurs: boolean; title: string }[] {
  const found = new Map<string, { key: string; isOurs: boolean; title: string }>();
  const order = results.flatMap(({ measured }) => measured);
  // Ours first, whichever work a side does first.
  for (const side of [...order.filter(({ isOurs }) => isOurs), ...order.filter(({ isOurs }) => !isOurs)]) {
    found.set(side.key, { key: side.key, isOurs: side.isOurs, title: title(side, side.about) });
  }
  return [...found.values()];
}

const sideOf = (result: WorkResult, key: string): Measured | undefined =>
  result.measured.find((side) => side.key === key);

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

function ratesTable(results: readonly WorkResult[]): string {
  const sides = columns(results);
  return table(
    ["work", ...sides.map(({ title }) => title)],
    results.map((result) => [
      `${result.work.name}${result.disturbed > 0 ? " *" : ""}`,
      ...sides.map(({ key }) => {
        const side = sideOf(result, key);
        return side ? spread(summarise(side.rates)) : "–";
      }),
    ]),
  );
}

function ratiosTable(results: readonly WorkResult[]): string {
  const sides = columns(results);
  const ours = sides.filter(({ isOurs }) => isOurs);
  const peers = sides.filter(({ isOurs }) => !isOurs);
  if (ours.length === 0 || peers.length === 0) return "";
  const cell = (result: WorkResult, peer: string): string => {
    const theirs = sideOf(result, peer);
    if (!theirs) return "–";
    const each = ours.map(({ key }) => sideOf(result, key));
    return each.map((own) => (own ? times(ratio(own, theirs).median) : "–")).join(" · ");
  };
  return [
    `How many times as fast as the peer: ${ours.map(({ title }) => title).join(" · ")}.`,
    table(
      ["work", ...peers.map(({ title }) => `÷ ${title}`)],
      results.map((result) => [result.work.name, ...peers.map(({ key }) => cell(result, key))]),
    ),
  ].join("\n\n");
}

/** What the sides went on with after their warm-up: ours always with the same, peers work by work. */
function modes(results: readonly WorkResult[]): string {
  const sides = columns(results);
  const peers = sides.filter(({ isOurs }) => !isOurs);
  const constant = sides
    .filter(({ isOurs }) => isOurs)
    .map(
      ({ key, title }) =>
        `- ${title}: ${modeOf(
          results.find((result) => sideOf(result, key)),
          key,
        )}`,
    );
  return [
    constant.join("\n"),
    peers.length === 0
      ? ""
      : table(
          ["work", ...peers.map(({ title }) => title)],
          results.map((result) => [result.work.name, ...peers.map(({ key }) => modeOf(result, key))]),
        ),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function modeOf(result: WorkResult | undefined, key: string): string {
  const about = result && sideOf(result, key)?.about;
  return about ? `${about.mode}; ${count(about.threads, "thread")}` : "–";
}

const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? "" : "s"}`;

function remarks(results: readonly WorkResult[]): string[] {
  const why = new Map<string, string[]>();
  for (const { work, absent } of results) {
    for (const side of absent) {
      const text = remark(side);
      why.set(text, [...(why.get(text) ?? []), work.name]);
    }
  }
  const lines = [
    ...[...why].map(([text, names]) => `- ${text}: ${names.join(", ")}`),
    ...results.flatMap(({ work, warnings }) => warnings.map((warning) => `- ${work.name}: ${warning}`)),
    ...(results.some(({ disturbed }) => disturbed > 0)
      ? ["- \\* has counted rounds in which other programs used the processor"]
      : []),
  ];
  return lines.length === 0 ? [] : ["### Remarks", lines.join("\n")];
}

function remark({ key, reason, hasFailed }: Absent): string {
  return `${key}${hasFailed ? " failed" : ""}: ${reason.split("\n")[0]}`;
}

/** The results for programs: medians and spreads beside the rates of the rounds. */
export function comparisonJson(results: readonly WorkResult[]): object[] {
  return results.map((result) => ({
    ...result,
    measured: result.measured.map((side) => ({
      ...side,
      median: rate(side),
      ratios: side.isOurs
        ? undefined
        : Object.fromEntries(
            result.measured.filter(({ isOurs }) => isOurs).map((own) => [own.key, ratio(own, side)]),
          ),
    })),
  }));
}
