// What a page shows in the place of pictures that are not there: they are loaded, can't be read, or there are none.
import { chosenSet, setProblem, sets } from "./setStore.ts";
import { t } from "./texts.ts";

/** The reason and the way out. */
export function NoSet() {
  const problem = setProblem.value;
  if (problem !== null) {
    return (
      <p class="problem" role="alert">
        {problem}
      </p>
    );
  }
  const isEmpty = sets.value?.length === 0 || chosenSet.value?.length === 0;
  return <p class="soft">{t(isEmpty ? "noPictures" : "loading")}</p>;
}
