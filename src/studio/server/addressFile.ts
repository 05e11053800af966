// The address of a studio in a file that its user alone can read, so that runs find it, and that one which was killed comes back at the same address to pages that
// are still open.
import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";

/** Where a studio listens, and what opens it. */
export interface Address {
  readonly port: number;
  readonly token: string;
}

/** The address in a file; null where there is none, or others could have read or written it. */
export async function readAddress(file: string): Promise<Address | null> {
  try {
    const { mode, uid } = await fs.lstat(file);
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    const { port, token } = JSON.parse(await fs.readFile(file, "utf8")) as Partial<Address>;
    const isPort = Number.isInteger(port) && port! >= 1 && port! <= 65_535;
    const isToken = typeof token === "string" && /^[\w-]{43}$/.test(token);
    return isOwn && isPort && isToken ? { port: port!, token } : null;
  } catch {
    return null;
  }
}

/** Keeps an address; where that can't be, runs do not find the studio, and nothing else is amiss. */
export async function keepAddress(file: string, { port, token }: Address): Promise<void> {
  const own = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await fs.writeFile(own, JSON.stringify({ port, token }), { mode: 0o600, flag: "wx" });
    await fs.rename(own, file);
  } catch {
    await fs.rm(own, { force: true });
  }
}

/** Forgets an address, unless another studio has put its own there. */
export async function forgetAddress(file: string, { token }: Address): Promise<void> {
  if ((await readAddress(file))?.token === token) await fs.rm(file, { force: true });
}
