// Which models there are to look into, and which one is chosen; for both tabs.
import { batch, computed, signal } from "@preact/signals";
import type { ModelList } from "../../src/studio/shared/models.ts";
import { compute } from "../compute/client.ts";
import type { ModelFacts, ModelRef } from "../compute/models.ts";
import { loadModels } from "./api.ts";
import { askedModel, nameOfModel, writePlace } from "./place.ts";

/** Networks that can be looked into without training, with pictures of the size that they are meant for. */
const fresh: readonly (readonly [network: string, input: readonly [number, number, number]])[] = [
  ["lenet", [1, 28, 28]],
  ["lenet5", [1, 28, 28]],
  ["nin", [3, 32, 32]],
  ["resnet20", [3, 32, 32]],
  ["alexnet", [3, 224, 224]],
  ["googlenet", [3, 96, 96]],
  ["resnet18", [3, 224, 224]],
  ["mobilenet_v2", [3, 224, 224]],
  ["vgg11", [3, 64, 64]],
];
const freshClasses = 10;

/** The models that there are; null until the server has said so. */
export const models = signal<ModelList | null>(null);
export const chosen = signal<ModelRef | null>(null);
/** What is known of the chosen model; null while it is loaded. */
export const facts = signal<ModelFacts | null>(null);
/** Why there is none. */
export const modelProblem = signal<string | null>(null);

export const freshModels: readonly ModelRef[] = fresh.map(([network, input]) => ({
  kind: "fresh",
  ...{ network, input, classes: freshClasses },
}));

/** All models that can be chosen. */
export function refsOf({ runs, packaged }: ModelList): readonly ModelRef[] {
  return [
    ...runs.map(({ id, changed }): ModelRef => ({ kind: "run", id, changed })),
    ...packaged.map(({ name }): ModelRef => ({ kind: "package", name })),
    ...freshModels,
  ];
}

/** The chosen run with weights that are newer than those that are open; null where there are none. */
export const newer = computed<ModelRef | null>(() => {
  const [list, open] = [models.value, chosen.value];
  if (!list || open?.kind !== "run") return null;
  const now = refsOf(list).find((ref) => nameOfModel(ref) === nameOfModel(open));
  return now?.kind === "run" && now.changed !== open.changed ? now : null;
});

/** Asks which models there are. The one that is open stays, else that of the address is chosen, or the first. */
export async function refreshModels(): Promise<void> {
  try {
    models.value = await loadModels();
  } catch (error) {
    modelProblem.value = wordsOf(error);
    return;
  }
  const refs = refsOf(models.value);
  const wanted = askedModel.value;
  if (chosen.value && facts.value && nameOfModel(chosen.value) === wanted) return;
  const found = refs.find((ref) => nameOfModel(ref) === wanted) ?? refs[0];
  if (found) await choose(found);
}

/** Opens a model; what was open stays until then. */
export async function choose(ref: ModelRef): Promise<void> {
  if (chosen.value && JSON.stringify(chosen.value) === JSON.stringify(ref) && facts.value) return;
  batch(() => {
    chosen.value = ref;
    facts.value = null;
    modelProblem.value = null;
    askedModel.value = nameOfModel(ref);
  });
  writePlace();
  try {
    const answer = await compute("open", { model: ref });
    if (chosen.value === ref) facts.value = answer;
  } catch (error) {
    if (chosen.value === ref) modelProblem.value = wordsOf(error);
  }
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
