// A studio: server, runs and preferences put together. A page of its own brings its routes along.

import { Augmentations } from "./augment/augmentations.ts";
import type { OpenAugmentation } from "./augment/augmenter.ts";
import { augmentRoutes } from "./augment/routes.ts";
import { Checks } from "./check/checks.ts";
import { checkRoutes } from "./check/routes.ts";
import { inspectRoutes } from "./inspect/routes.ts";
import { keepPreferences, keptPreferences } from "./keptPreferences.ts";
import { LabelDesk } from "./labels/desk.ts";
import type { LabelHelper } from "./labels/helper.ts";
import { helperRoutes } from "./labels/helperRoutes.ts";
import { labelRoutes } from "./labels/routes.ts";
import { networkRoutes } from "./networks/routes.ts";
import { changedPreferences, noPreferences } from "./preferences.ts";
import { Board } from "./runs/board.ts";
import { joining } from "./runs/joining.ts";
import { type Launcher, trainRoutes } from "./runs/routes.ts";
import { type Address, forgetAddress, keepAddress, readAddress } from "./server/addressFile.ts";
import { readAssets } from "./server/assets.ts";
import { readJson, sendJson } from "./server/http.ts";
import { Hub } from "./server/hub.ts";
import { type Route, StudioServer } from "./server/server.ts";
import { heldOutRoutes } from "./sets/heldOutRoutes.ts";
import type { SetSources } from "./sets/places.ts";
import { setRoutes } from "./sets/routes.ts";
import { SetShelf } from "./sets/shelf.ts";
import type { Preferences } from "./shared/protocol.ts";

/** How often the project's folder is looked at while a page is open, ms. */
const lookEvery = 2000;
/** Time that a run in progress has to stop and save itself when the studio is closed, ms. */
const patience = 20_000;

/** For a studio on runs alone. */
const noSets: SetSources = { folders: [], known: [] };

/** Which project, how runs start, which runs are shown at first, and which sets of pictures there are. */
export interface StudioOptions {
  readonly project: string;
  readonly launcher: Launcher;
  readonly shown?: readonly string[];
  readonly sets?: SetSources;
  /** How sets are opened for training, to show what augmentation does. */
  readonly augment?: OpenAugmentation;
  /** Asks models about labels; without one the page Label has no suggestions and finds no doubts. */
  readonly helper?: LabelHelper;
  /** File in which language and colours are kept for the next studio. */
  readonly memory?: string | null;
  /** File that tells runs of the project where the studio listens; a studio that was killed is found by it as well, and its address taken on. */
  readonly address?: string | null;
}

/** One studio. */
export class Studio {
  readonly board: Board;
  readonly sets: SetShelf;
  readonly #checks: Checks;
  readonly #labels: LabelDesk;
  readonly #augmentations: Augmentations;
  readonly #hub: Hub;
  readonly #server: StudioServer;
  readonly #memory: string | null;
  readonly #addressFile: string | null;
  #address: Address | null = null;
  #preferences: Preferences;
  #look: NodeJS.Timeout | null = null;

  constructor({
    project,
    launcher,
    shown = [],
    sets = noSets,
    augment,
    helper,
    memory = null,
    address = null,
  }: StudioOptions) {
    this.#memory = memory;
    this.#addressFile = address;
    this.#preferences = { ...noPreferences, shown };
    this.#hub = new Hub(() => ({
      project: this.board.project,
      runs: this.board.runs,
      preferences: this.#preferences,
    }));
    this.board = new Board(project, this.#hub);
    this.sets = new SetShelf(sets, {
      project: this.board.project,
      data: () => this.board.runs.map(({ data }) => data),
    });
    this.#augmentations = new Augmentations(this.sets, augment ?? null);
    this.#checks = new Checks(this.sets);
    this.#labels = new LabelDesk(this.sets, this.#hub);
    this.#server = new StudioServer(
      [
        ...this.#ownRoutes(),
        ...trainRoutes(this.board, launcher),
        ...setRoutes(this.sets),
        ...checkRoutes(this.#checks),
        ...inspectRoutes(this.board),
        ...networkRoutes(this.board),
        ...labelRoutes(this.#labels, this.sets),
        ...helperRoutes(helper ?? null, this.sets, this.board),
        ...augmentRoutes(this.#augmentations),
        ...heldOutRoutes(this.sets),
      ],
      [joining(this.board, (id) => this.show(id))],
      readAssets(),
    );
  }

  /** The address to open. */
  get url(): string {
    return this.#server.url;
  }

  /** Starts to listen; gives the port. */
  async listen(port: number): Promise<number> {
    if (this.#memory) {
      const { language, theme } = await keptPreferences(this.#memory);
      this.#preferences = { ...this.#preferences, language, theme };
    }
    await this.board.refresh();
    this.#address = await this.#listen(port);
    if (this.#addressFile) await keepAddress(this.#addressFile, this.#address);
    this.#look = setInterval(() => {
      if (this.#hub.pages > 0) void this.board.refresh();
    }, lookEvery);
    return this.#address.port;
  }

  /** Shows a run first, in all tabs. */
  show(id: string): void {
    this.#change({ ...this.#preferences, shown: [id] });
  }

  /** Stops runs in progress, which save themselves, and cuts all lines. */
  async close(): Promise<void> {
    if (this.#look) clearInterval(this.#look);
    await this.board.close(patience);
    this.#hub.close();
    await this.#checks.close();
    await this.#labels.close();
    await this.#augmentations.close();
    await this.sets.close();
    await this.#server.close();
    if (this.#addressFile && this.#address) await forgetAddress(this.#addressFile, this.#address);
  }

  /** Takes on the address of an earlier studio that has not closed in order, so that its pages go on; otherwise there is a new token. */
  async #listen(port: number): Promise<Address> {
    const earlier = this.#addressFile ? await readAddress(this.#addressFile) : null;
    if (earlier && (port === 0 || port === earlier.port)) {
      try {
        return await this.#server.listen(earlier.port, earlier.token);
      } catch (error) {
        if (port !== 0) throw error; // the one that is wanted is taken, by the earlier studio itself perhaps
      }
    }
    return this.#server.listen(port);
  }

  #change(preferences: Preferences): void {
    this.#preferences = preferences;
    this.#hub.send({ type: "preferences", preferences });
  }

  #ownRoutes(): Route[] {
    return [
      {
        method: "GET",
        path: ["api", "events"],
        answer: async (request, response) => {
          await this.board.refresh();
          this.#hub.join(request, response);
        },
      },
      {
        method: "PUT",
        path: ["api", "preferences"],
        answer: async (request, response) => {
          this.#change(changedPreferences(this.#preferences, await readJson(request)));
          if (this.#memory) await keepPreferences(this.#memory, this.#preferences);
          sendJson(response, this.#preferences);
        },
      },
    ];
  }
}
