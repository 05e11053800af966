// The local server: listens on this machine alone, checks every request, and hands it to the route that it is for. Knows no single page.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { FoveaError } from "../../base/errors.ts";
import type { Address } from "./addressFile.ts";
import { type Assets, sendAsset } from "./assets.ts";
import { Guard, newToken } from "./guard.ts";
import { HttpError, refuseUpgrade, send, sendJson } from "./http.ts";

/** One thing that can be asked for. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT";
  /** Parts of the path; `*` stands for one, `**` at the end for the rest. */
  readonly path: readonly string[];
  readonly answer: (
    request: IncomingMessage,
    response: ServerResponse,
    parts: readonly string[],
  ) => Promise<void> | void;
}

/** A line that may be asked for by an upgrade of HTTP, in a protocol of its own: both sides talk as they like from there on. */
export interface Upgrade {
  readonly path: readonly string[];
  readonly protocol: string;
  readonly answer: (socket: Duplex) => void;
}

/** Ms in which a request has to be there as a whole. */
const requestTime = 10_000;

/** The server of one studio. */
export class StudioServer {
  #guard: Guard | null = null;
  readonly #server: Server;
  readonly #routes: readonly Route[];
  readonly #upgrades: readonly Upgrade[];
  readonly #assets: Assets;
  readonly #lines = new Set<Duplex>();

  constructor(routes: readonly Route[], upgrades: readonly Upgrade[], assets: Assets) {
    this.#routes = routes;
    this.#upgrades = upgrades;
    this.#assets = assets;
    this.#server = createServer(
      { requestTimeout: requestTime, headersTimeout: requestTime, connectionsCheckingInterval: 1000 },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** The address to open, with its token. */
  get url(): string {
    return this.#guard?.url ?? "";
  }

  /** Listens at a port of 127.0.0.1, 0 for any that is free; gives the address. Throws FoveaError where it is taken. */
  async listen(port: number, token = newToken()): Promise<Address> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        const reason = error.code === "EADDRINUSE" ? "it is taken" : error.message;
        reject(
          new FoveaError(`studio: can't listen at port ${port}: ${reason}. Leave port out for a free one`),
        );
      });
      this.#server.listen({ host: "127.0.0.1", port }, resolve);
    });
    const { port: chosen } = this.#server.address() as AddressInfo;
    this.#guard = new Guard({ port: chosen, token });
    return { port: chosen, token };
  }

  /** Cuts all lines. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    for (const line of this.#lines) line.destroy();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = addressOf(request);
      const cookie = this.#guard!.check(request, url);
      if (cookie !== null) response.setHeader("Set-Cookie", cookie);
      const parts = partsOf(url);
      const found = this.#routes.filter(({ path }) => matches(path, parts));
      const route = found.find(({ method }) => method === request.method);
      if (route) return await route.answer(request, response, parts);
      const isRead = request.method === "GET" || request.method === "HEAD";
      if (found.length > 0 || !isRead) throw new HttpError(405, "this address does not take that method");
      sendAsset(response, this.#assets, parts);
    } catch (error) {
      refuse(request, response, error);
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    let found: Upgrade;
    try {
      found = this.#upgradeOf(request);
    } catch (error) {
      refuseUpgrade(socket, error instanceof HttpError ? error : new HttpError(500, String(error)));
      return;
    }
    this.#lines.add(socket);
    socket.once("close", () => this.#lines.delete(socket));
    const headers = `Connection: Upgrade\r\nUpgrade: ${found.protocol}`;
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n\r\n`);
    if (head.length > 0) socket.unshift(head);
    found.answer(socket);
  }

  /** What an upgrade is for. Throws HttpError where it is refused. */
  #upgradeOf(request: IncomingMessage): Upgrade {
    const url = addressOf(request);
    this.#guard!.check(request, url);
    const found = this.#upgrades.find(({ path }) => matches(path, partsOf(url)));
    if (found && found.protocol === request.headers.upgrade) return found;
    throw new HttpError(426, "this address has no such line");
  }
}

function partsOf({ pathname }: URL): string[] {
  return pathname.split("/").slice(1);
}

function addressOf({ url = "" }: IncomingMessage): URL {
  // The URL parser would turn `\` into `/`, and resolve `..` and `%2e%2e`.
  const [path = ""] = url.split("?");
  if (!path.startsWith("/") || /\\|%5c|%00|\0|\/(\.|%2e){1,2}(\/|$)/i.test(path)) {
    throw new HttpError(400, "the address is not well-formed");
  }
  return new URL(url, "http://127.0.0.1");
}

function matches(pattern: readonly string[], parts: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === "**";
  const fixed = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? parts.length <= fixed.length : parts.length !== fixed.length) return false;
  return fixed.every((name, i) => name === "*" || name === parts[i]);
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const status = error instanceof HttpError ? error.status : error instanceof FoveaError ? 400 : 500;
  const message = error instanceof Error ? error.message : String(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What is left of the body is not waited for.
  if (!request.complete) response.setHeader("Connection", "close");
  const isPage = (request.headers.accept ?? "").includes("text/html");
  if (isPage) send(response, status, "text/plain; charset=utf-8", `${message}\n`);
  else sendJson(response, { error: message }, status);
  if (!request.complete) response.once("finish", () => request.destroy());
}
