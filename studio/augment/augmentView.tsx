// What augmentation makes of a picture: steps and their parameters at the left, outcomes and how to train so at the right.
import { useEffect } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { augmentProblem, preset, watchAugmentation } from "./augmentStore.ts";
import { OutcomeView } from "./outcomeView.tsx";
import { RecipeView } from "./recipeView.tsx";
import { StepEditor } from "./stepEditor.tsx";
import { t } from "./texts.ts";

interface AugmentViewProps {
  readonly set: SetAnswer;
  /** The picture to begin with. */
  readonly first: number;
}

/** The view. */
export function AugmentView({ set, first }: AugmentViewProps) {
  useEffect(() => watchAugmentation(set, first), [set, first]);
  const problem = augmentProblem.value;
  return (
    <div class="augment">
      <StepEditor />
      <div class="results">
        {problem !== null && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {preset.value ? (
          <>
            <OutcomeView set={set} />
            <RecipeView set={set} preset={preset.value} />
          </>
        ) : (
          problem === null && <p class="soft">{t("opening")}</p>
        )}
      </div>
    </div>
  );
}
