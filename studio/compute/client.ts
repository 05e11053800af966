// The page's side of the compute worker: starts it when something is asked first, and keeps requests and answers together.
import type { Answer, Ask, FromWorker, RequestName, ToWorker } from "./protocol.ts";

/** A request that was given up, by its signal or for a newer one. */
export class CancelledError extends Error {
  override name = "CancelledError";
}

/** How a request is made. */
export interface AskOptions {
  /** Gives the request up. */
  readonly signal?: AbortSignal;
  /**
   * Of the requests under one name only the latest counts: while one is in progress the newest waits, and those that waited before it are cancelled.
   */
  readonly latest?: string;
  /** Told the share that is done, of requests that take long. */
  readonly onProgress?: (share: number) => void;
  /** Buffers that are handed over; the page can't use them afterwards. */
  readonly transfer?: readonly Transferable[];
}

interface Open {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((share: number) => void) | undefined;
}

interface Lane {
  isBusy: boolean;
  waiting: { readonly start: () => void; readonly cancel: () => void } | null;
}

let worker: Worker | null = null;
let requests = 0;
const open = new Map<number, Open>();
const lanes = new Map<string, Lane>();

/** Asks the worker. Throws Error with its words where it can't answer, and CancelledError where the request was given up. */
export async function compute<K extends RequestName>(
  name: K,
  ask: Ask<K>,
  options: AskOptions = {},
): Promise<Answer<K>> {
  const { latest } = options;
  if (latest === undefined) return post(name, ask, options);
  const lane = lanes.get(latest) ?? { isBusy: false, waiting: null };
  lanes.set(latest, lane);
  if (lane.isBusy) {
    await new Promise<void>((resolve, reject) => {
      lane.waiting?.cancel();
      lane.waiting = { start: resolve, cancel: () => reject(new CancelledError("a newer request came")) };
    });
  }
  lane.isBusy = true;
  try {
    return await post(name, ask, options);
  } finally {
    const next = lane.waiting;
    lane.waiting = null;
    // The lane stays busy where one waits: it is handed on.
    if (next) next.start();
    else lane.isBusy = false;
  }
}

function post<K extends RequestName>(
  name: K,
  ask: Ask<K>,
  { signal, onProgress, transfer = [] }: AskOptions,
): Promise<Answer<K>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new CancelledError("the request was given up"));
    const id = ++requests;
    const cancel = () => {
      open.delete(id);
      send({ type: "cancel", id });
      reject(new CancelledError("the request was given up"));
    };
    const ended =
      <T>(then: (value: T) => void) =>
      (value: T) => {
        signal?.removeEventListener("abort", cancel);
        then(value);
      };
    open.set(id, { resolve: ended(resolve) as Open["resolve"], reject: ended(reject), onProgress });
    signal?.addEventListener("abort", cancel, { once: true });
    send({ type: "request", id, name, ask } as ToWorker, transfer);
  });
}

function send(message: ToWorker, transfer: readonly Transferable[] = []): void {
  worker ??= started();
  worker.postMessage(message, [...transfer]);
}

function started(): Worker {
  const made = new Worker(new URL("./compute.js", import.meta.url), { type: "module", name: "compute" });
  made.addEventListener("message", ({ data }) => take(data as FromWorker));
  made.addEventListener("error", ({ message }) => {
    // Nothing more comes from it; the next request starts another.
    made.terminate();
    worker = null;
    const failed = [...open.values()];
    open.clear();
    for (const { reject } of failed) reject(new Error(message || "the compute worker did not start"));
  });
  return made;
}

function take(message: FromWorker): void {
  const request = open.get(message.id);
  if (!request) return;
  if (message.type === "progress") {
    request.onProgress?.(message.share);
    return;
  }
  open.delete(message.id);
  if (message.type === "answer") request.resolve(message.answer as never);
  else request.reject(new Error(message.message));
}
