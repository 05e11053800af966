// PyTorch's files since 1.6: a zip archive of a pickle, `data.pkl`, and a member for each storage.
// Source: torch/serialization.py, `_save` and `_load`; caffe2/serialize/inline_container.cc for the archive.
import { FormatError, UnsupportedError } from "../../base/errors.ts";
import type { OpenFile } from "../../data/files.ts";
import type { ZipMember } from "../../data/zip.ts";
import { isStored, readZipMember, zipDataStart } from "../../data/zipMember.ts";
import type { StateOptions } from "../pickle/stateDict.ts";
import { unpickle } from "../pickle/unpickle.ts";
import type { PickleValue, Refuse } from "../pickle/values.ts";
import { elementType } from "../stored/elements.ts";
import { swapBytes } from "../stored/layout.ts";
import type { TensorFile } from "../stored/tensorFile.ts";
import { type Storage, storageOf, torchGlobals } from "./globals.ts";
import { type ReadStorage, torchFile } from "./tensors.ts";

const pickleName = /^([^/]+)\/data\.pkl$/;
/** Writers may leave the checksums out to save time (`torch.serialization.set_crc32_options`). */
const unchecked = { mayLackChecksum: true };

type Members = ReadonlyMap<string, ZipMember>;

/** The folder in which an archive of PyTorch has everything; null for other archives. */
export function torchRoot(members: Members): string | null {
  for (const name of members.keys()) {
    const found = pickleName.exec(name);
    if (found) return found[1]!;
  }
  return null;
}

/** Opens an archive: its pickle is run, and no storage is read. */
export async function openZipped(
  source: OpenFile,
  members: Members,
  root: string,
  options: StateOptions,
): Promise<TensorFile> {
  const { file } = source;
  if (members.has(`${root}/constants.pkl`)) {
    throw new UnsupportedError(
      `${file}: pytorch: it is a TorchScript archive, which holds code; save the model's state_dict() with torch.save`,
    );
  }
  const pickle = members.get(`${root}/data.pkl`)!;
  const start = await zipDataStart(source, pickle);
  const failAt = (message: string, at: number): never => {
    const offset = isStored(pickle) ? start + at : undefined;
    const where = offset === undefined ? `byte ${at} of ${pickle.name}` : `byte ${offset}`;
    throw new FormatError(`pytorch: ${where}: ${message}`, { file, offset });
  };
  const persistent = (id: PickleValue, fail: Refuse): Storage => {
    const storage = storageOf(id, fail);
    const member = members.get(`${root}/data/${storage.key}`);
    if (!member)
      return fail(`storage ${storage.key} is missing; expected a member ${root}/data/${storage.key}`);
    if (member.size !== storage.wholeLength) {
      fail(
        `storage ${storage.key} should have ${storage.wholeLength} bytes; ${member.name} has ${member.size}`,
      );
    }
    return storage;
  };
  const bytes = await readZipMember(source, pickle, unchecked);
  const { value } = unpickle(bytes, { globals: torchGlobals, persistent }, failAt);
  const isBig = await isBigEndian(source, members.get(`${root}/byteorder`));
  return torchFile(source, value, storageReader(source, members, root, isBig), options);
}

function storageReader(source: OpenFile, members: Members, root: string, isBig: boolean): ReadStorage {
  // Small tensors may share one large storage, which then has to be inflated once and not for each of them.
  let last: { member: ZipMember; bytes: Uint8Array } | null = null;
  const read = async (member: ZipMember, start: number, length: number): Promise<Uint8Array> => {
    const isWhole = start === 0 && length === member.size;
    if (isWhole) return readZipMember(source, member, unchecked);
    if (isStored(member)) return source.read((await zipDataStart(source, member)) + start, length);
    if (last?.member !== member) last = { member, bytes: await readZipMember(source, member, unchecked) };
    return last.bytes.slice(start, start + length);
  };
  return async (storage, start, length) => {
    const bytes = await read(members.get(`${root}/data/${storage.key}`)!, start, length);
    const unit = storage.storedAs === null ? 1 : elementType(storage.storedAs).bits / 8;
    return isBig ? swapBytes(bytes, unit) : bytes;
  };
}

/** The member `byteorder` says "little" or "big"; files from before 2.1 have none and are little-endian. */
async function isBigEndian(source: OpenFile, member: ZipMember | undefined): Promise<boolean> {
  if (!member) return false;
  const order =
    member.size <= 16 ? new TextDecoder().decode(await readZipMember(source, member, unchecked)) : "";
  if (order === "little" || order === "big") return order === "big";
  const { file } = source;
  throw new FormatError(
    `pytorch: byte ${member.offset}: ${member.name} should say little or big; found ${JSON.stringify(order)}`,
    { file, offset: member.offset },
  );
}
