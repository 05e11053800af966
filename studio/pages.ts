// The pages, in the order in which data pass through them. Each is loaded when it is opened first.
import type { ComponentType } from "preact";
import type { Key } from "./i18n/texts.ts";

/** A page: its name in the address, its title, and the part of the app that draws it. */
export interface Page {
  readonly id: string;
  readonly title: Key;
  readonly load: () => Promise<ComponentType>;
}

export const pages: readonly Page[] = [
  { id: "data", title: "data", load: async () => (await import("./data/page.tsx")).DataPage },
  { id: "label", title: "label", load: async () => (await import("./label/page.tsx")).LabelPage },
  { id: "model", title: "model", load: async () => (await import("./model/page.tsx")).ModelPage },
  { id: "train", title: "train", load: async () => (await import("./train/page.tsx")).TrainPage },
  { id: "inspect", title: "inspect", load: async () => (await import("./inspect/page.tsx")).InspectPage },
];
