// How to train with what was tried: a command to copy, and a file where no preset says it.
import { useSignal } from "@preact/signals";
import type { AugmentAnswer } from "../../src/studio/shared/augment.ts";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { activeSteps, isPreset, seed } from "./augmentStore.ts";
import { type Chosen, commandOf, fileOf, recipeFile } from "./recipe.ts";
import { t } from "./texts.ts";

/** The recipe. */
export function RecipeView({ set, preset }: { set: SetAnswer; preset: AugmentAnswer }) {
  const chosen: Chosen = {
    data: set.data,
    preset: preset.preset,
    isPreset: isPreset.value,
    steps: activeSteps.value,
    size: preset.size === preset.usualSize ? null : preset.size,
    seed: seed.value,
  };
  return (
    <section class="card" aria-labelledby="recipe-title">
      <h3 id="recipe-title">{t("recipe")}</h3>
      <Code text={commandOf(chosen)} label={t("command")} />
      {!chosen.isPreset && (
        <>
          <p class="soft">{t("recipeFile", { file: recipeFile })}</p>
          <Code text={fileOf(chosen)} label={recipeFile} download={recipeFile} />
        </>
      )}
    </section>
  );
}

interface CodeProps {
  readonly text: string;
  readonly label: string;
  /** Name of the file that it can be saved as. */
  readonly download?: string;
}

function Code({ text, label, download }: CodeProps) {
  const isCopied = useSignal(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    isCopied.value = true;
    setTimeout(() => {
      isCopied.value = false;
    }, 2000);
  };
  return (
    <div class="code">
      <textarea readOnly aria-label={label} rows={text.trimEnd().split("\n").length} value={text} />
      <div class="row">
        <button type="button" onClick={() => void copy()}>
          {t(isCopied.value ? "copied" : "copy")}
        </button>
        {download !== undefined && (
          <button type="button" onClick={() => save(download, text)}>
            {t("save", { file: download })}
          </button>
        )}
      </div>
    </div>
  );
}

function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
