// The tabs of the page Inspect. A tab is about the model that is chosen above them (`modelChoice.ts`).
import type { ComponentType } from "preact";
import { Mistakes } from "../mistakes/mistakes.tsx";
import { LookInside } from "./lookInside.tsx";
import type { Key } from "./texts.ts";

/** A tab: its name in the address, its title, and what it shows. */
export interface Tab {
  readonly id: string;
  readonly title: Key;
  readonly View: ComponentType;
}

export const tabs: readonly Tab[] = [
  { id: "look", title: "lookInside", View: LookInside },
  { id: "mistakes", title: "mistakes", View: Mistakes },
];
