// Views of one thing, of which one is shown; arrows go from one to the next.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface TabListProps<T extends string> {
  /** Begins the ids of the tabs and of the view: `<own>-<tab>` and `<own>-view`. */
  readonly own: string;
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly title: string }[];
  readonly chosen: T;
  readonly onChoose: (id: T) => void;
}

/** The tabs alone; their view, which has the role `tabpanel`, may stand anywhere. */
export function TabList<T extends string>({ own, label, tabs, chosen, onChoose }: TabListProps<T>) {
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    const at = tabs.findIndex(({ id }) => id === chosen);
    const { id } = tabs[(at + step + tabs.length) % tabs.length]!;
    onChoose(id);
    document.getElementById(`${own}-${id}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={press}>
      {tabs.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`${own}-${id}`}
          aria-selected={id === chosen}
          aria-controls={`${own}-view`}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

/** Tabs with the view below them. */
export function Tabs<T extends string>({
  children,
  ...list
}: Omit<TabListProps<T>, "own"> & { readonly children: ComponentChildren }) {
  const own = useId();
  return (
    <>
      <TabList {...list} own={own} />
      <div class="view" role="tabpanel" id={`${own}-view`} aria-labelledby={`${own}-${list.chosen}`}>
        {children}
      </div>
    </>
  );
}
