// One picture in large, above the page: its name, class, part and size, and arrows to its neighbours.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { pictureOf } from "./api.ts";
import { lookInLarge } from "./enlargement.ts";
import { currentParts } from "./setStore.ts";
import { t } from "./texts.ts";

interface PictureViewerProps {
  readonly set: SetAnswer;
  /** Numbers of the pictures to walk through. */
  readonly indices: ArrayLike<number>;
  /** Place among them of the picture that is shown. */
  readonly at: number;
  readonly onMove: (at: number) => void;
  readonly onClose: () => void;
  /** More about the picture. */
  readonly about?: (index: number) => ComponentChildren;
}

/** The viewer; Escape closes it, arrows walk. */
export function PictureViewer({ set, indices, at, onMove, onClose, about }: PictureViewerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const index = indices[at]!;
  const walk = (to: number): void => {
    if (to >= 0 && to < indices.length) onMove(to);
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined) walk(at + step);
  };
  return (
    <dialog class="viewer" ref={dialog} onClose={onClose} onKeyDown={press} aria-label={t("viewer")}>
      <Figure key={`${set.id} ${set.state} ${index}`} set={set} index={index}>
        {about?.(index)}
      </Figure>
      <div class="row">
        <button type="button" disabled={at === 0} onClick={() => walk(at - 1)}>
          {t("previous")}
        </button>
        <span class="soft" aria-live="polite">
          {t("place", { at: at + 1, count: indices.length })}
        </span>
        <button type="button" disabled={at === indices.length - 1} onClick={() => walk(at + 1)}>
          {t("next")}
        </button>
        <button type="button" class="close" onClick={() => dialog.current?.close()}>
          {t("close")}
        </button>
      </div>
    </dialog>
  );
}

function Figure({ set, index, children }: { set: SetAnswer; index: number; children: ComponentChildren }) {
  const size = useSignal<{ width: number; height: number } | null>(null);
  const isBroken = useSignal(false);
  const name = set.names[index] || t("number", { number: index });
  const { names, of } = currentParts.value;
  const facts: [string, string][] = [
    [t("class"), set.classes[set.labels[index]!] ?? t("noClass")],
    ...(names.length > 0 ? ([[t("part"), names[of[index]!] ?? "–"]] as [string, string][]) : []),
    [t("size"), size.value ? `${size.value.width} × ${size.value.height}` : "–"],
  ];
  const look = size.value ? lookInLarge(size.value) : "";
  return (
    <figure>
      <div class="stage">
        {isBroken.value ? (
          <p class="problem">{t("unreadable")}</p>
        ) : (
          <img
            src={pictureOf(set, index)}
            alt={name}
            class={look}
            onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
              size.value = { width, height };
            }}
            onError={() => {
              isBroken.value = true;
            }}
          />
        )}
      </div>
      <figcaption>
        <strong>{name}</strong>
        <dl class="tiles">
          {facts.map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {children}
      </figcaption>
    </figure>
  );
}
