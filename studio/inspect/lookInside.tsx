// The tab "Look inside": a picture on the left, every layer's maps beside it, and the number that is pointed at spelled out.
import { effect, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Answers } from "./answers.tsx";
import { Explain } from "./explain.tsx";
import { InputView } from "./inputView.tsx";
import { Layers } from "./layers.tsx";
import { begin } from "./look.ts";
import { facts } from "./modelChoice.ts";
import { PictureChoice } from "./pictureChoice.tsx";
import { Spelled } from "./spelled.tsx";
import { t } from "./texts.ts";

/** The tab. */
export function LookInside() {
  useEffect(
    () =>
      effect(() => {
        if (facts.value) untracked(begin);
      }),
    [],
  );
  if (!facts.value) return <p class="soft">{t("noModel")}</p>;
  return (
    <div class="look">
      <div class="picture">
        <PictureChoice />
        <Answers />
        <Explain />
      </div>
      <div class="spelling">
        <InputView />
        <Spelled />
      </div>
      <Layers />
    </div>
  );
}
