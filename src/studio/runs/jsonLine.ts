// A socket over which both sides say objects, each as a line of JSON.
import type { Duplex } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Bytes of the longest line that is taken; a longer one ends the talk. */
const longest = 16 * 1024 * 1024;

/** One end of it. */
export class JsonLine<In, Out> {
  /** Settles when the socket has closed, for whatever reason. */
  readonly closed: Promise<void>;
  readonly #socket: Duplex;

  /** `take` is given each object that comes in. */
  constructor(socket: Duplex, take: (message: In) => void) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => socket.destroy());
    socket.once("end", () => socket.end());
    const decoder = new StringDecoder("utf8"); // sockets of HTTP have no encoding of their own
    let text = "";
    socket.on("data", (part: Buffer) => {
      const lines = (text + decoder.write(part)).split("\n");
      text = lines.pop()!;
      try {
        if (text.length > longest) throw new RangeError(`a line may have ${longest} bytes`);
        for (const line of lines) take(JSON.parse(line) as In);
      } catch {
        socket.destroy();
      }
    });
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  send(message: Out): void {
    if (this.isOpen) this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  /** Ends the talk once all is said. */
  end(): void {
    this.#socket.end();
  }

  /** Ends it at once. */
  cut(): void {
    this.#socket.destroy();
  }
}
