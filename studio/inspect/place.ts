// What of the page Inspect stands in its address: the tab and the model, so that a reload or a link shows the same.
import { signal } from "@preact/signals";
import type { ModelRef } from "../compute/models.ts";

/** The tab that is open, by its name in the address; empty for the first. */
export const tab = signal("");
/** The model that was asked for by the address, as text. */
export const askedModel = signal("");

/** Takes on what the address says. */
export function readPlace(): void {
  const [path = "", query = ""] = location.hash.replace(/^#\//, "").split("?");
  const [, name] = path.split("/");
  tab.value = name ?? "";
  askedModel.value = new URLSearchParams(query).get("model") ?? "";
}

/** Puts the state into the address, without a new entry in the history. */
export function writePlace(): void {
  const query = askedModel.value === "" ? "" : `?${new URLSearchParams({ model: askedModel.value })}`;
  history.replaceState(null, "", `#/inspect/${tab.value || "look"}${query}`);
}

/** A model as text, without what changes while it is trained. */
export function nameOfModel(model: ModelRef): string {
  if (model.kind === "run") return `run:${model.id}`;
  return model.kind === "package" ? `package:${model.name}` : `fresh:${model.network}`;
}
