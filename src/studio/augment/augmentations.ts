// The set that is open for augmentation: one at a time, opened anew where it has changed.
import { HttpError } from "../server/http.ts";
import type { SetShelf } from "../sets/shelf.ts";
import type { AugmentSession, OpenAugmentation } from "./augmenter.ts";

interface Opened {
  readonly id: string;
  readonly state: string;
  readonly session: AugmentSession;
}

/** The open set of one studio. */
export class Augmentations {
  readonly #shelf: SetShelf;
  readonly #open: OpenAugmentation | null;
  #opened: Opened | null = null;

  constructor(shelf: SetShelf, open: OpenAugmentation | null) {
    this.#shelf = shelf;
    this.#open = open;
  }

  /** A set as training opens it. Throws HttpError 404 where there is none. */
  async session(id: string): Promise<AugmentSession> {
    if (!this.#open) throw new HttpError(404, "this studio does not train");
    const [{ state }, source] = [await this.#shelf.answer(id), await this.#shelf.source(id)];
    const known = this.#opened;
    if (known?.id === id && known.state === state) return known.session;
    const session = this.#open(source);
    this.#opened = { id, state, session };
    await known?.session.close();
    return session;
  }

  async close(): Promise<void> {
    await this.#opened?.session.close();
  }
}
