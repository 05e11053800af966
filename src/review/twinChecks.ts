// Groups of pictures that are the same one, and what is wrong with each: two classes, two parts, or mere repetition. Knows no pixels.
import type { Cases, Samples } from "./samples.ts";
import type { Twins } from "./twins.ts";

const turnNames = [
  "",
  "mirrored",
  "upside down",
  "mirrored top to bottom",
  "turned and mirrored",
  "turned by 90°",
  "turned and mirrored",
  "turned by 90°",
];

/** Adds a case for each group; one that lies in two classes and two parts is a case of both. */
export function checkTwins({ all, classes }: Samples, twins: readonly Twins[], cases: Cases): void {
  for (const { members, links } of groupsOf(twins)) {
    const samples = members.map((i) => all[i]!);
    const files = samples.map(({ name }) => name);
    const how = manner(links);
    const labels = new Set(samples.map(({ label }) => label));
    const parts = new Set(samples.map(({ part }) => part));
    const inClasses = [...labels].map((label) => classes[label]!).join(" and ");
    if (labels.size > 1) cases.add("label-conflict", files, `in ${inClasses}; ${how}`);
    if (parts.size > 1) cases.add("leakage", files, `in ${[...parts].join(" and ")}; ${how}`);
    if (labels.size > 1 || parts.size > 1) continue;
    cases.add(links.some(({ kind }) => kind === "near") ? "near-duplicate" : "duplicate", files, how);
  }
}

/** In what way the pictures of a group are the same. */
function manner(links: readonly Twins[]): string {
  const near = links.filter(({ kind }) => kind === "near");
  if (near.length === 0)
    return links.every(({ kind }) => kind === "equal files") ? "equal files" : "equal pixels";
  const least = Math.min(...near.map(({ likeness }) => likeness));
  const turns = [...new Set(near.map(({ turn }) => turnNames[turn - 1]!))].filter((name) => name !== "");
  return [`edges correlate by ${least.toFixed(2)}`, ...turns].join(", ");
}

/** Pictures that are joined by twins, directly or through others. */
function groupsOf(twins: readonly Twins[]): { members: number[]; links: Twins[] }[] {
  const parent = new Map<number, number>();
  const rootOf = (i: number): number => {
    let root = i;
    while ((parent.get(root) ?? root) !== root) root = parent.get(root)!;
    parent.set(i, root);
    return root;
  };
  for (const { first, second } of twins) {
    const [a, b] = [rootOf(first), rootOf(second)];
    parent.set(Math.max(a, b), Math.min(a, b));
  }
  const groups = new Map<number, { members: Set<number>; links: Twins[] }>();
  for (const link of twins) {
    const root = rootOf(link.first);
    const group = groups.get(root) ?? { members: new Set(), links: [] };
    groups.set(root, group);
    group.members.add(link.first).add(link.second);
    group.links.push(link);
  }
  return Array.from(groups.values(), ({ members, links }) => ({
    members: [...members].sort((a, b) => a - b),
    links,
  }));
}
