// Where the files of public data sets lie, how they get there, and their bytes. Node only.
import { files } from "#files";
import { FoveaError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { PublicSet } from "./catalogue.ts";
import type { DownloadEvent, DownloadOptions } from "./download.ts";
import { inflated } from "./gzip.ts";
import { readTar } from "./tar.ts";
import { zipDirectory } from "./zip.ts";
import { readZipMember } from "./zipMember.ts";

/** Which part of a public data set, and from where. */
export interface SetOptions {
  /** The training pictures (default), or the test pictures. */
  readonly train?: boolean;
  /** The folder of its files, and the only place that is looked at; by default the cache, then installed packages. */
  readonly root?: string | undefined;
  /** Folder of the cache, with a folder in it for each set. Default `~/.cache/fovea`. */
  readonly cache?: string | undefined;
  /** Downloads the files where they are missing: into `root`, or else into the cache. Default false. */
  readonly download?: boolean;
  /** Told of the steps of a download. */
  readonly onDownload?: ((event: DownloadEvent) => void) | undefined;
}

/** Names of the options that all sets have. */
const setOptionNames: readonly (keyof SetOptions)[] = ["train", "root", "cache", "download", "onDownload"];

/** Part of a set. */
export type Part = "train" | "test";

/** Where files of a set were found: as themselves, by their names, or in an archive. */
export interface Place {
  /** What to show: the files' folder, or the archive. */
  readonly path: string;
  readonly files: ReadonlyMap<string, string> | null;
}

/** A file of a set with its bytes. */
export interface SetFile {
  readonly bytes: Uint8Array;
  readonly file: string;
}

/** How long an archive's members may be: the largest is CIFAR-100's training part. */
const mostMemberBytes = 2 ** 28;

/** The place where all the files that are asked for are; null for none. */
export function findSet(
  set: PublicSet,
  parts: readonly Part[],
  { root, cache }: Pick<SetOptions, "root" | "cache"> = {},
): Place | null {
  const members = parts.flatMap((part) => set.members[part]);
  const archive = archiveOf(set);
  for (const folder of foldersOf(set, { root, cache })) {
    for (const inner of ["", ...set.within]) {
      const where = inner === "" ? folder : `${folder}/${inner}`;
      const found = new Map<string, string>();
      for (const name of members) {
        const file = files.findFirst(where, fileNames(name));
        if (file === null) break;
        found.set(name, file);
      }
      if (found.size === members.length) return { path: where, files: found };
    }
    const file = archive && files.findFirst(folder, [archive]);
    if (file) return { path: file, files: null };
  }
  return null;
}

/** Downloads the files of a set into `folder`, by default its folder of the cache; gives that folder. */
export async function fetchSet(
  set: PublicSet,
  { folder = `${files.cacheFolder()}/${set.folder}`, ...options }: Partial<DownloadOptions> = {},
): Promise<string> {
  for (const file of set.files) await files.download(file, { ...options, folder });
  return folder;
}

/** The files of one part of a set, in the order in which the catalogue names them; downloads them first where that is asked for. */
export async function readSet(
  set: PublicSet,
  part: Part,
  { root, cache, download = false, onDownload }: SetOptions,
): Promise<SetFile[]> {
  let place = findSet(set, [part], { root, cache });
  if (place === null && download) {
    const folder = root ?? `${cache ?? files.cacheFolder()}/${set.folder}`;
    await fetchSet(set, { folder, onEvent: onDownload });
    place = findSet(set, [part], { root: folder });
  }
  if (place === null) throw missing(set, part, { root, cache });
  const members = set.members[part];
  if (place.files === null) return readArchive(set, place.path, members);
  const found: SetFile[] = [];
  for (const name of members) {
    const file = place.files.get(name)!;
    found.push({ bytes: await files.read(file), file });
  }
  return found;
}

/** Throws OptionError for an option that the set does not have. */
export function checkSetOptions(name: string, options: object, more: readonly string[] = []): void {
  checkOptions(name, options, [...setOptionNames, ...more]);
}

/** How the set can be had, for people. */
export function howToGet(set: PublicSet): string {
  const { npm, debian } = set;
  const ways = [
    `"fovea data get ${set.name}" or the option download: true downloads it`,
    ...(npm ? [`"npm install ${npm.name}" brings it along`] : []),
    ...(debian ? [`Debian has it as the package ${debian.name}`] : []),
  ];
  return ways.join("; ");
}

async function readArchive(set: PublicSet, archive: string, members: readonly string[]): Promise<SetFile[]> {
  const isZip = archive.endsWith(".zip");
  const found = isZip
    ? await fromZip(archive, members)
    : await fromTar(
        archive,
        members.map((name) => `${set.within[0]}/${name}`),
      );
  return found.map((bytes, i) => {
    if (bytes) return { bytes, file: `${archive}: ${members[i]}` };
    throw new FoveaError(`${set.name}: ${archive} holds no ${members[i]}; get it again`);
  });
}

async function fromZip(archive: string, members: readonly string[]): Promise<(Uint8Array | undefined)[]> {
  return files.withParts(archive, async (parts) => {
    const directory = await zipDirectory(parts);
    const found: (Uint8Array | undefined)[] = [];
    for (const name of members) {
      const member = directory.get(`gzip/${name}.gz`);
      found.push(member && (await readZipMember(parts, member)));
    }
    return found;
  });
}

async function fromTar(archive: string, members: readonly string[]): Promise<(Uint8Array | undefined)[]> {
  const bytes = inflated(await files.read(archive), "gzip", { file: archive });
  const found = await readTar(bytes, new Set(members), { file: archive, maxBytes: mostMemberBytes });
  return members.map((name) => found.get(name));
}

/** The one archive that all of a set lies in; null for sets of single files. */
function archiveOf({ files: [first, ...more] }: PublicSet): string | null {
  return first && more.length === 0 ? first.name : null;
}

function fileNames(name: string): string[] {
  return name.endsWith("-ubyte") ? [name, `${name}.gz`] : [name];
}

/** Folders that may hold the set, best first. */
function foldersOf(set: PublicSet, { root, cache }: Pick<SetOptions, "root" | "cache">): string[] {
  if (root !== undefined) return [root];
  const folders = [`${cache ?? files.cacheFolder()}/${set.folder}`];
  const packageFolder = set.npm ? files.packageFolder(set.npm.name) : null;
  if (packageFolder !== null) folders.push(`${packageFolder}/${set.npm!.folder}`);
  if (set.debian) folders.push(set.debian.folder);
  return folders;
}

/** Says what is missing, where it was looked for, and how to get it. */
function missing(set: PublicSet, part: Part, places: Pick<SetOptions, "root" | "cache">): FoveaError {
  const folders = foldersOf(set, places);
  if (places.root === undefined) {
    return new FoveaError(
      `${set.name}: not found in ${folders.join(", nor in ")}. ${howToGet(set)}; or give root, a folder of its files`,
    );
  }
  const [folder] = folders as [string];
  const archive = archiveOf(set);
  const name = set.members[part].find((member) => files.findFirst(folder, fileNames(member)) === null)!;
  const names = [...fileNames(name), ...(archive ? [archive] : [])];
  const [last, ...others] = names.reverse();
  const what = `neither ${others.reverse().join(" nor ")} nor ${last}`;
  return new FoveaError(`${set.name}: ${what} is in ${folder}; check root`);
}
