// The probabilities of all classes as bars, which move without the page being built anew.
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { probabilities } from "./look.ts";
import { facts } from "./modelChoice.ts";
import { t } from "./texts.ts";

/** Classes that are shown at first; of more the likeliest come first. */
const fewClasses = 20;
/** Whether all of them are. */
const showsAllClasses = signal(false);

/** The bars. */
export function Answers() {
  const list = useRef<HTMLOListElement>(null);
  const classes = facts.value?.classes ?? [];
  const isSorted = classes.length > fewClasses;
  useEffect(
    () =>
      effect(() => {
        if (list.current) draw(list.current, probabilities.value, classes, isSorted);
      }),
    [classes, showsAllClasses.value],
  );
  const rows = showsAllClasses.value ? classes : classes.slice(0, fewClasses);
  return (
    <section class="card" aria-labelledby="answer-title">
      <h3 id="answer-title">{t("answer")}</h3>
      <ol class="answers" ref={list}>
        {rows.map((name, i) => (
          <li key={`${i} ${name}`}>
            <span class="name">{name}</span>
            <span class="track" aria-hidden="true">
              <span />
            </span>
            <span class="share">–</span>
          </li>
        ))}
      </ol>
      {isSorted && (
        <button
          type="button"
          aria-pressed={showsAllClasses.value}
          onClick={() => {
            showsAllClasses.value = !showsAllClasses.value;
          }}
        >
          {t("allClasses", { count: classes.length })}
        </button>
      )}
    </section>
  );
}

function draw(
  list: HTMLOListElement,
  shares: Float32Array | null,
  classes: readonly string[],
  isSorted: boolean,
): void {
  const order = Array.from(classes, (_, i) => i);
  if (isSorted && shares) order.sort((a, b) => shares[b]! - shares[a]!);
  const best = shares ? shares.indexOf(Math.max(...shares)) : -1;
  for (const [place, item] of Array.from(list.children).entries()) {
    const at = order[place]!;
    const share = shares?.[at] ?? null;
    const [name, bar, text] = item.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
    item.classList.toggle("best", at === best);
    name.textContent = classes[at]!;
    (bar.firstElementChild as HTMLElement).style.width = `${100 * (share ?? 0)}%`;
    text.textContent = share === null ? "–" : `${(100 * share).toFixed(1)}%`;
  }
}
