// Which pictures are shown, with how many there are of each kind.
import { count } from "../format.ts";
import { type Filter, isOpen } from "./rows.ts";
import { suggestions } from "./said.ts";
import { t } from "./texts.ts";
import { counts, filter, labelled, openSuspects, select } from "./work.ts";

export function FilterChooser() {
  const all = counts.value;
  const now = labelled.value;
  if (!all || !now) return null;
  const { classes } = now.rows;
  const open = now.set.names.filter((name, i) => suggestions.value.has(name) && isOpen(now.rows, i));
  const kinds: [Exclude<Filter["kind"], "class">, number][] = [
    ["all", all.all],
    ["unlabelled", all.unlabelled],
    ["skipped", all.skipped],
    ["dropped", all.dropped],
    ["suggested", open.length],
    ["suspected", openSuspects.value.length],
  ];
  const value = filter.value.kind === "class" ? `class ${filter.value.name}` : filter.value.kind;
  return (
    <select
      aria-label={t("show")}
      value={value}
      onChange={({ currentTarget }) => {
        const kind = kinds.map(([name]) => name).find((name) => name === currentTarget.value);
        filter.value = kind ? { kind } : { kind: "class", name: currentTarget.value.slice("class ".length) };
        select([]);
        currentTarget.blur(); // so that the next key is for the picture
      }}
    >
      {kinds.map(([kind, number]) => (
        <option key={kind} value={kind}>
          {t(kind)} ({count(number)})
        </option>
      ))}
      <optgroup label={t("classes")}>
        {classes.map((name, i) => (
          <option key={name} value={`class ${name}`}>
            {name} ({count(all.byClass[i]!)})
          </option>
        ))}
      </optgroup>
    </select>
  );
}
