// The review of a data set: looks at every picture once and says what would spoil training. Shows nothing and changes nothing.
import { glanceAtFiles } from "#glances";
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { ArrayDataset } from "../data/dataset.ts";
import { PictureDataset, type PictureLimits } from "../data/pictureDataset.ts";
import { listPictures, type PartName, type PictureListing } from "../data/pictureListing.ts";
import { equalSamples } from "./arrays.ts";
import { type Finding, findingsOf } from "./findings.ts";
import { type FileGlance, type Glance, glanceAt, type Unreadable } from "./glance.ts";
import { checkListing } from "./listingChecks.ts";
import { checkColours, checkFiles, checkLight, checkSizes, normalizationOf } from "./pictureChecks.ts";
import { Cases, countsOf, isTraining, type ReviewSample, type Samples } from "./samples.ts";
import { checkBalance, checkBrightness } from "./setChecks.ts";
import { checkTwins } from "./twinChecks.ts";
import { EqualSearch, NearSearch, type Twins } from "./twins.ts";

/** Parts of a data set; an `ImageFolder` is such a thing. */
export interface ReviewParts {
  readonly train: PictureDataset | ArrayDataset;
  readonly val?: PictureDataset | ArrayDataset | null;
  readonly test?: PictureDataset | ArrayDataset | null;
}

/** What can be reviewed: the path of a folder, a data set, or several as parts of one. */
export type ReviewSource = string | PictureDataset | ArrayDataset | ReviewParts;

/** How far a review is. */
export interface ReviewProgress {
  readonly done: number;
  readonly total: number;
}

/** How a review is done. */
export interface ReviewOptions {
  /** Threads that read pictures; 0 reads on the calling one. Default: one for each core, at most 8. */
  readonly threads?: number;
  /** Also looks for pictures that are nearly the same. Default true; of no concern for samples in memory. */
  readonly near?: boolean;
  /** Limits for what is read. */
  readonly decoding?: PictureLimits;
  readonly onProgress?: ((progress: ReviewProgress) => void) | undefined;
}

/** What a review says. */
export interface Review {
  /** The folder; null for data sets that were given as such. */
  readonly root: string | null;
  /** Number of pictures, and of those that can be read. */
  readonly pictures: number;
  readonly readable: number;
  /** Parts in the order train, val, test; empty where there are none. */
  readonly parts: readonly PartName[];
  /** Pictures of each class, in all and by part. */
  readonly classes: readonly {
    readonly name: string;
    readonly pictures: number;
    readonly byPart: Readonly<Partial<Record<PartName, number>>>;
  }[];
  /** Smallest and largest width and height; null without a readable picture. */
  readonly sizes: {
    readonly smallest: readonly [number, number];
    readonly largest: readonly [number, number];
  } | null;
  /** Mean and deviation of red, green and blue of the training part's pictures, 0 … 1, for `Normalize`; one number each where all are grey. */
  readonly normalize: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
  /** Errors first, then warnings, then notes. */
  readonly findings: readonly Finding[];
  /** Checks that were left out, and why. */
  readonly leftOut: readonly string[];
}

/**
 * Reviews a folder of pictures, or data sets. Files are read and decoded in threads, and of each picture some six kilobytes are kept. Files that can't be read
 * are findings, not errors. Throws what `listPictures` throws for a folder without classes, and OptionError for samples that are no pictures.
 */
export async function reviewPictures(source: ReviewSource, options: ReviewOptions = {}): Promise<Review> {
  checkOptions("reviewPictures", options, ["threads", "near", "decoding", "onProgress"]);
  const { near = true, onProgress = () => {} } = options;
  const cases = new Cases();
  const leftOut: string[] = [];
  const listing = typeof source === "string" ? await listPictures(source) : null;
  if (listing) checkListing(listing, cases);
  const sets = listing ? [] : setsOf(source as Exclude<ReviewSource, string>);
  const named = listing ? fromListing(listing) : sets.flatMap(samplesOf);
  const glances = new Map<number, Glance>();
  const samples: Samples = {
    all: named,
    classes: listing?.classes ?? sets[0]!.set.classes,
    parts: listing ? [...(listing.parts?.keys() ?? [])] : sets.flatMap(({ part }) => part ?? []),
    glances,
  };
  const arrays = sets.flatMap(({ set }) => (set instanceof ArrayDataset ? [set] : []));
  let twins: Twins[];
  if (arrays.length > 0) {
    twins = await lookAtArrays(arrays, glances, onProgress);
    leftOut.push("nearly equal pictures: samples in memory are compared byte by byte only");
  } else {
    const { seen, ...found } = await lookAtFiles(samples, options, cases);
    for (const [i, glance] of seen) glances.set(i, glance);
    twins = found.twins;
    if (!near) leftOut.push("nearly equal pictures: turned off");
    checkFiles(samples, seen, cases);
  }
  checkTwins(samples, twins, cases);
  const empty = new Set(listing?.emptyClasses.map((path) => partOf(path, listing)));
  checkBalance(samples, empty, cases);
  checkSizes(samples, cases);
  checkLight(samples, cases);
  checkColours(samples, cases);
  checkBrightness(samples, cases);
  return {
    root: listing?.root ?? null,
    pictures: named.length,
    readable: glances.size,
    parts: samples.parts,
    classes: classCounts(samples),
    sizes: sizesOf(glances.values()),
    normalize: normalization(samples),
    findings: findingsOf(cases),
    leftOut,
  };
}

/** A data set and the part that it is. */
interface NamedSet {
  readonly set: PictureDataset | ArrayDataset;
  readonly part: PartName | null;
}

function setsOf(source: Exclude<ReviewSource, string>): NamedSet[] {
  if (source instanceof PictureDataset || source instanceof ArrayDataset)
    return [{ set: source, part: null }];
  const parts = (["train", "val", "test"] as const).flatMap((part) => {
    const set = source[part];
    return set ? [{ set, part }] : [];
  });
  const [first] = parts;
  const isKnown = ({ set }: NamedSet) => set instanceof PictureDataset || set instanceof ArrayDataset;
  if (first?.part !== "train" || !parts.every(isKnown)) {
    throw new OptionError(
      "reviewPictures: takes a folder, a PictureDataset, an ArrayDataset, or { train, val, test } of these",
    );
  }
  if (!parts.every(({ set }) => set.constructor === first.set.constructor)) {
    throw new OptionError("reviewPictures: all parts must be of one kind, files or samples in memory");
  }
  const classes = first.set.classes.join("\n");
  const other = parts.find(({ set }) => set.classes.join("\n") !== classes);
  if (other) {
    throw new OptionError(`reviewPictures: ${other.part} has other classes than train`);
  }
  return parts;
}

function samplesOf({ set, part }: NamedSet): ReviewSample[] {
  return Array.from(set.labels, (label, i) => ({
    name: set instanceof PictureDataset ? set.files[i]! : `${part ?? "sample"} ${i}`,
    part,
    label,
  }));
}

function fromListing({ parts, pictures }: PictureListing): ReviewSample[] {
  if (!parts) return pictures.map(({ file, label }) => ({ name: file, part: null, label }));
  return [...parts].flatMap(([part, list]) => list.map(({ file, label }) => ({ name: file, part, label })));
}

/** `part/class` of an empty folder, or the class alone where there are no parts. */
function partOf(path: string, { root, parts }: PictureListing): string {
  const inner = path.slice(root.length + (root.endsWith("/") ? 0 : 1));
  const [folder, name] = inner.split("/");
  if (!parts || name === undefined) return inner;
  return `${/^val/.test(folder!) ? "val" : folder}/${name}`;
}

/** Looks at files in threads; meanwhile this one compares those that are done, in their order, so that the result is always the same. */
async function lookAtFiles(
  { all }: Samples,
  { threads, near = true, decoding = {}, onProgress = () => {} }: ReviewOptions,
  cases: Cases,
): Promise<{ seen: Map<number, FileGlance>; twins: Twins[] }> {
  const seen = new Map<number, FileGlance>();
  const early = new Map<number, FileGlance | Unreadable>();
  const [equals, nears] = [new EqualSearch(), new NearSearch()];
  const take = (index: number, glance: FileGlance | Unreadable): void => {
    if ("problem" in glance) {
      const id = glance.problem === "empty" ? "empty-file" : glance.problem;
      cases.add(id, [all[index]!.name], glance.reason);
      return;
    }
    seen.set(index, glance);
    if (!equals.add(index, glance) && near) nears.add(index, glance);
  };
  let next = 0;
  let done = 0;
  await glanceAtFiles(
    all.map(({ name }) => name),
    {
      threads,
      limits: decoding,
      onGlance: (index, glance) => {
        early.set(index, glance);
        for (let ready = early.get(next); ready; ready = early.get(next)) {
          early.delete(next);
          take(next++, ready);
        }
        onProgress({ done: ++done, total: all.length });
      },
    },
  );
  return { seen, twins: [...equals.twins, ...nears.twins] };
}

async function lookAtArrays(
  sets: readonly ArrayDataset[],
  glances: Map<number, Glance>,
  onProgress: (progress: ReviewProgress) => void,
): Promise<Twins[]> {
  const total = sets.reduce((sum, { length }) => sum + length, 0);
  let index = 0;
  for (const set of sets) {
    for (let i = 0; i < set.length; i++) {
      glances.set(index++, glanceAt(set.picture(i)));
      if (index % 1000 !== 0) continue;
      onProgress({ done: index, total });
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  return equalSamples(sets);
}

function classCounts(samples: Samples): Review["classes"] {
  const totals = countsOf(samples, null);
  const counts = samples.parts.map((part) => [part, countsOf(samples, part)] as const);
  return samples.classes.map((name, label) => ({
    name,
    pictures: totals[label]!,
    byPart: Object.fromEntries(counts.map(([part, list]) => [part, list[label]!])),
  }));
}

function sizesOf(glances: Iterable<Glance>): Review["sizes"] {
  let [w0, h0, w1, h1] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (const { width, height } of glances) {
    w0 = Math.min(w0, width);
    h0 = Math.min(h0, height);
    w1 = Math.max(w1, width);
    h1 = Math.max(h1, height);
  }
  return w1 === 0 ? null : { smallest: [w0, h0], largest: [w1, h1] };
}

function normalization({ all, glances }: Samples): Review["normalize"] {
  const training = [...glances].filter(([i]) => isTraining(all[i]!)).map(([, glance]) => glance);
  const found = normalizationOf(training);
  if (!found || !training.every(({ isGrey, mean }) => isGrey && mean[0] === mean[1] && mean[0] === mean[2])) {
    return found;
  }
  return { mean: found.mean.slice(0, 1), std: found.std.slice(0, 1) };
}
