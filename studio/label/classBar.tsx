// The classes as buttons with their keys; new ones, and other names for those that there are.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { count } from "../format.ts";
import { keyOf } from "./keys.ts";
import { t } from "./texts.ts";
import { changeClass, command, counts, label, labelled, large, proposalFor } from "./work.ts";

export function ClassBar({ isNaming, onNaming }: { isNaming: boolean; onNaming: (is: boolean) => void }) {
  const isEditing = useSignal(false);
  const all = counts.value;
  const now = labelled.value;
  if (!all || !now) return null;
  const { classes, labels } = now.rows;
  const at = large.value === null ? -1 : labels[large.value]!;
  const ghost = large.value === null || at >= 0 ? undefined : proposalFor(large.value);
  return (
    <div class="class-bar">
      <section class="classes" aria-label={t("classes")}>
        {classes.map((name, i) =>
          isEditing.value ? (
            <ClassEditor key={name} name={name} others={classes.filter((other) => other !== name)} />
          ) : (
            <button
              key={name}
              type="button"
              class={name === ghost ? "class ghost" : "class"}
              aria-pressed={i === at}
              onClick={() => label(name)}
            >
              <kbd>{keyOf(i)?.toUpperCase() ?? "·"}</kbd>
              <span class="name">{name}</span>
              <span class="soft">{count(all.byClass[i]!)}</span>
            </button>
          ),
        )}
        {isNaming ? (
          <NewClass onEnd={() => onNaming(false)} />
        ) : (
          <button type="button" class="class" onClick={() => onNaming(true)}>
            <kbd>N</kbd>
            <span class="name">{t("newClass")}</span>
          </button>
        )}
      </section>
      <div class="row fates">
        {(
          [
            ["skip", "S"],
            ["drop", "X"],
            ["restore", "B"],
            ["unlabel", "⌫"],
          ] as const
        ).map(([kind, key]) => (
          <button key={kind} type="button" onClick={() => command({ kind })}>
            {t(kind)} <kbd>{key}</kbd>
          </button>
        ))}
        {classes.length > 0 && (
          <button
            type="button"
            aria-pressed={isEditing.value}
            onClick={() => {
              isEditing.value = !isEditing.value;
            }}
          >
            {t("editClasses")}
          </button>
        )}
      </div>
    </div>
  );
}

/** A field for a name, which has the keyboard as soon as it is there. */
function NameField({
  value,
  label: said,
  onName,
  onEnd,
}: {
  value: string;
  label: string;
  onName: (name: string) => void;
  onEnd: () => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  // At once: what is typed next is the name.
  useLayoutEffect(() => {
    if (value === "") input.current?.focus();
  }, [value]);
  return (
    <form
      class="class"
      onSubmit={(event) => {
        event.preventDefault();
        const name = input.current!.value.trim();
        if (name !== "" && name !== value) onName(name);
      }}
    >
      <input
        ref={input}
        type="text"
        aria-label={said}
        autocomplete="off"
        defaultValue={value}
        onKeyDown={(event) => {
          if (event.key === "Escape") onEnd();
        }}
      />
      <button type="submit">{t("save")}</button>
    </form>
  );
}

function NewClass({ onEnd }: { onEnd: () => void }) {
  return (
    <NameField
      value=""
      label={t("className")}
      onName={(name) => {
        if (changeClass({ act: "class", class: name })) onEnd();
      }}
      onEnd={onEnd}
    />
  );
}

function ClassEditor({ name, others }: { name: string; others: readonly string[] }) {
  return (
    <span class="editor">
      <NameField
        value={name}
        label={t("nameOf", { name })}
        onName={(to) => changeClass({ act: "rename", class: name, to })}
        onEnd={() => {}}
      />
      <select
        aria-label={t("mergeOf", { name })}
        value=""
        onChange={({ currentTarget }) =>
          changeClass({ act: "merge", class: name, into: currentTarget.value })
        }
      >
        <option value="">{t("mergeInto")}</option>
        {others.map((other) => (
          <option key={other} value={other}>
            {other}
          </option>
        ))}
      </select>
      <button
        type="button"
        aria-label={t("removeOf", { name })}
        onClick={() => changeClass({ act: "remove", class: name })}
      >
        {t("remove")}
      </button>
    </span>
  );
}
