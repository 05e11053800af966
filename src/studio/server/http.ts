// What every answer of the server has in common: errors with a status, headers that keep the page to itself, JSON in and out.
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { FoveaError } from "../../base/errors.ts";

/** A request that is refused. */
export class HttpError extends FoveaError {
  override name = "HttpError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Bytes that a request with JSON may carry, unless its route says otherwise. */
const mostJson = 64 * 1024;

/**
 * Sent with every answer: nothing is loaded from elsewhere, no script but the page's own runs (WebAssembly among it), nobody frames the page, and it is isolated, so
 * that its workers may share memory.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

/** Answers with bytes or text. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  content: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  response.writeHead(status, {
    ...pageHeaders,
    "Content-Type": type,
    "Content-Length": bytes.length,
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  send(response, status, "application/json; charset=utf-8", JSON.stringify(value));
}

/** Refuses a line that was asked for by an upgrade: there is no response to write to. */
export function refuseUpgrade(socket: Duplex, { status, message }: HttpError): void {
  const body = JSON.stringify({ error: message });
  const headers = {
    ...pageHeaders,
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
}

/** All bytes that a request carries. Throws HttpError 413 for more than `most`. */
export async function readBytes(request: IncomingMessage, most: number): Promise<Buffer> {
  const tooLarge = new HttpError(413, `the body may have ${most} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > most) throw tooLarge;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) throw tooLarge;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The JSON object that a request carries. Throws HttpError for other types, more than `most` bytes, by default 64 KiB, and what is no object. */
export async function readJson(request: IncomingMessage, most = mostJson): Promise<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new HttpError(415, "the body must be application/json");
  }
  const bytes = await readBytes(request, most);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new HttpError(400, "the body is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HttpError(400, "the body must be a JSON object");
  }
  return value as Record<string, unknown>;
}

/** The fields of an object that a request carried. Throws HttpError for one that is not known. */
export function fieldsOf<K extends string>(
  body: Readonly<Record<string, unknown>>,
  known: readonly K[],
): Partial<Record<K, unknown>> {
  for (const name of Object.keys(body)) {
    if (!(known as readonly string[]).includes(name)) {
      throw new HttpError(400, `there is no field ${JSON.stringify(name)}; known are ${known.join(", ")}`);
    }
  }
  return body as Partial<Record<K, unknown>>;
}
