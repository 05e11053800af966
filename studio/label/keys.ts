// What keys do on the page Label: figures and letters stand for classes, the rest for what is done most. Knows no page.

/** What a key asks for. */
export type Command =
  | { readonly kind: "class"; readonly index: number }
  | { readonly kind: "move"; readonly by: 1 | -1 }
  | {
      readonly kind:
        | "undo"
        | "redo"
        | "skip"
        | "drop"
        | "restore"
        | "unlabel"
        | "accept"
        | "keep"
        | "newClass"
        | "help";
    };

/** Keys that are not for classes. */
const named: Readonly<Record<string, Command>> = {
  u: { kind: "undo" },
  r: { kind: "redo" },
  s: { kind: "skip" },
  x: { kind: "drop" },
  Delete: { kind: "drop" },
  b: { kind: "restore" },
  Backspace: { kind: "unlabel" },
  Enter: { kind: "accept" },
  k: { kind: "keep" },
  n: { kind: "newClass" },
  "?": { kind: "help" },
  ArrowLeft: { kind: "move", by: -1 },
  ArrowRight: { kind: "move", by: 1 },
};

/** Keys of classes, in their order. */
const classKeys = [..."1234567890", ..."qwetyiopadfghjlzcvm"];

/** The key of a class; null for those beyond the keyboard. */
export function keyOf(index: number): string | null {
  return classKeys[index] ?? null;
}

/** What an event of the keyboard says. */
export type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "isComposing"
>;

/** The command of a key; null for none. `isInGrid`: arrows and Shift are the grid's there. */
export function commandOf(press: Press, isInGrid: boolean): Command | null {
  const { key, code, ctrlKey, metaKey, shiftKey, altKey } = press;
  const isCommand = ctrlKey || metaKey;
  if (altKey) return null;
  if (isCommand) {
    const letter = key.toLowerCase();
    if (letter === "z") return { kind: shiftKey ? "redo" : "undo" };
    return letter === "y" && !shiftKey ? { kind: "redo" } : null;
  }
  // By their place: on some keyboards figures need Shift. An input method gives no letters, but places.
  const figure = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (figure !== undefined) return classCommand(figure);
  const letter = /^Key[A-Z]$/.test(code) && !/^[a-z]$/i.test(key) ? code.slice(3).toLowerCase() : key;
  if (isInGrid && letter.startsWith("Arrow")) return null;
  if (shiftKey && letter !== "?") return null;
  return named[letter] ?? classCommand(letter);
}

function classCommand(key: string): Command | null {
  const index = classKeys.indexOf(key);
  return index < 0 ? null : { kind: "class", index };
}
