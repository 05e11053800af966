// What lies at an HTTP address, read in parts where the server does ranges (RFC 9110, section 14), and as a whole where it does not.
import { FormatError, FoveaError } from "../base/errors.ts";
import type { OpenFile } from "./files.ts";
import { checkRange, partsOfBytes } from "./memoryFile.ts";

/** Small reads next to each other, as those of headers, share a request for so many bytes. */
const blockBytes = 65536;
/** Where one request follows another, each asks for twice as much, up to this: reading all of a file takes few of them. */
const mostBlockBytes = 8 * 2 ** 20;

/**
 * Opens what lies at an address. Throws FoveaError where the server refuses it, and FormatError where what lies there changes
 * between two reads.
 */
export async function openAddress(address: string | URL): Promise<OpenFile> {
  const file = String(address);
  const first = await request(file, 0, blockBytes);
  if (first.status !== 206) return partsOfBytes(new Uint8Array(await first.arrayBuffer()), file);
  const size = sizeOf(first, file);
  const version = first.headers.get("etag");
  let block = { start: 0, bytes: new Uint8Array(await first.arrayBuffer()) };
  let [ahead, end] = [blockBytes, block.bytes.length];
  const read = async (start: number, length: number): Promise<Uint8Array> => {
    checkRange(file, size, start, length);
    const isInBlock = start >= block.start && start + length <= block.start + block.bytes.length;
    if (!isInBlock && length > 0) {
      const follows = start >= block.start && start <= end + blockBytes;
      ahead = follows ? Math.min(2 * ahead, mostBlockBytes) : blockBytes;
      const wanted = Math.min(Math.max(length, ahead), size - start);
      const response = await request(file, start, wanted);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const isSame = response.status === 206 && sizeOf(response, file) === size;
      if (!isSame || response.headers.get("etag") !== version || bytes.length !== wanted) {
        throw new FormatError("it changed on the server while it was read; read it anew", {
          file,
          offset: start,
        });
      }
      end = start + wanted;
      if (length === wanted) return bytes;
      block = { start, bytes };
    }
    return block.bytes.slice(start - block.start, start - block.start + length);
  };
  return { file, size, read, close: async () => {} };
}

async function request(address: string, start: number, length: number): Promise<Response> {
  const headers = { Range: `bytes=${start}-${start + length - 1}` };
  const response = await fetch(address, { headers }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FoveaError(`${address} can't be fetched: ${reason}`);
  });
  if (response.ok) return response;
  throw new FoveaError(`${address} can't be fetched: the server answers ${response.status}`);
}

/** The whole size, which the answer to a range tells behind the slash. */
function sizeOf(response: Response, file: string): number {
  const found = response.headers.get("content-range");
  const size = Number(/\/(\d+)$/.exec(found ?? "")?.[1] ?? Number.NaN);
  if (Number.isSafeInteger(size)) return size;
  throw new FoveaError(
    `${file}: the server's Content-Range is ${found}; expected the whole size. Fetch it, and give its bytes`,
  );
}
