// Tells of pictures that can't be read while work goes on without them.
import type { BrokenSample } from "../data/feeds.ts";
import { style, type Terminal } from "./terminal.ts";

/** So many are named. */
const mostNamed = 10;

/** Names the pictures that can't be read, the first ones, and counts them. */
export class Unreadable {
  readonly #err: Terminal;
  readonly #seen = new Set<string>();

  constructor(err: Terminal) {
    this.#err = err;
  }

  get count(): number {
    return this.#seen.size;
  }

  readonly add = ({ message }: BrokenSample): void => {
    if (this.#seen.has(message)) return;
    this.#seen.add(message);
    if (this.count <= mostNamed) {
      this.#err.write(`${style(this.#err, "yellow", "left out:")} ${message}\n`);
    } else if (this.count === mostNamed + 1) {
      this.#err.write("more pictures can't be read; fovea data check names them all\n");
    }
  };
}
