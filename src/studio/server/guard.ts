// Who may talk to the server: pages that it served itself, in a browser that was opened with its token.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Address } from "./addressFile.ts";
import { HttpError } from "./http.ts";

/** A token of 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Checks every request before anything else looks at it. */
export class Guard {
  /** In the URL that is printed. */
  readonly token: string;
  readonly #port: number;

  constructor({ port, token }: Address) {
    this.#port = port;
    this.token = token;
  }

  /** The address to open. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.token}`;
  }

  /**
   * Gives the cookie to set where the token came in the URL of the page, else null. Throws HttpError 421 for another host (a name that was
   * bound to this address by someone else), 403 for another origin, and 401 without the token.
   */
  check(request: IncomingMessage, url: URL): string | null {
    const { host, origin, cookie = "" } = request.headers;
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    if (host === undefined || !hosts.includes(host)) {
      throw new HttpError(421, `this is ${hosts[0]}, not ${JSON.stringify(host ?? "")}`);
    }
    const isWrite = request.method !== "GET" && request.method !== "HEAD";
    if (origin === undefined ? isWrite : origin !== `http://${host}`) {
      throw new HttpError(403, "only the studio's own page may ask for that");
    }
    const name = `fovea-studio-${this.#port}`; // cookies know no ports
    const inUrl = url.pathname === "/" ? url.searchParams.get("token") : null;
    if (inUrl !== null && isSame(inUrl, this.token)) {
      return `${name}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
    }
    const held = cookie
      .split(/;\s*/)
      .filter((part) => part.startsWith(`${name}=`))
      .map((part) => part.slice(name.length + 1));
    if (!held.some((value) => isSame(value, this.token))) {
      throw new HttpError(401, "open the address that fovea studio printed: it holds the token");
    }
    return null;
  }
}

/** Compares in a time that tells nothing. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(left!, right!);
}
