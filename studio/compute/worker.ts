// The compute worker's entry: takes requests, has them answered, and sends answers with their arrays handed over.
import { type Handlers, handlers } from "./handlers.ts";
import type { FromWorker, Request, RequestName, ToWorker } from "./protocol.ts";

const running = new Map<number, AbortController>();

addEventListener("message", ({ data }) => {
  const message = data as ToWorker;
  if (message.type === "cancel") running.get(message.id)?.abort();
  else void answer(message);
});

async function answer({ id, name, ask }: Request): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const handle = handlers[name] as Handlers[RequestName];
    const answer = await handle(ask as never, {
      signal: controller.signal,
      onProgress: (share) => send({ type: "progress", id, share }),
    });
    send({ type: "answer", id, answer }, buffersOf(answer));
  } catch (error) {
    if (!controller.signal.aborted) send({ type: "error", id, message: messageOf(error) });
  } finally {
    running.delete(id);
  }
}

function send(message: FromWorker, transfer: Transferable[] = []): void {
  (postMessage as (message: unknown, transfer: Transferable[]) => void)(message, transfer);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The buffers of all arrays in an answer, each once; they are copies that the worker does not need. */
function buffersOf(value: unknown, found = new Set<Transferable>()): Transferable[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) buffersOf(part, found);
  }
  return [...found];
}
