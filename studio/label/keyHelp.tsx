// All keys of the page, above it.
import { useEffect, useRef } from "preact/hooks";
import { keyOf } from "./keys.ts";
import { type Key, t } from "./texts.ts";

const rows: readonly (readonly [keys: string, text: Key])[] = [
  ["← →", "keyMove"],
  ["⇧ ← → ↑ ↓", "keyRange"],
  ["␣", "keyChoose"],
  ["Ctrl A", "keyAll"],
  ["Esc", "keyNone"],
  ["↵", "keyAccept"],
  ["K", "keyKeep"],
  ["S", "keySkip"],
  ["X, Del", "keyDrop"],
  ["B", "keyRestore"],
  ["⌫", "keyUnlabel"],
  ["U, Ctrl Z", "keyUndo"],
  ["R, Ctrl ⇧ Z", "keyRedo"],
  ["N", "keyNewClass"],
  ["?", "keyHelp"],
];

export function KeyHelp({ classes, onClose }: { classes: readonly string[]; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const known = classes.flatMap((name, i) =>
    keyOf(i) === null ? [] : [[keyOf(i)!.toUpperCase(), name] as const],
  );
  return (
    <dialog class="keys" ref={dialog} onClose={onClose} aria-labelledby="keys-title">
      <h2 id="keys-title">{t("keys")}</h2>
      <div class="columns">
        <table>
          <tbody>
            {rows.map(([keys, text]) => (
              <tr key={text}>
                <th scope="row">
                  <kbd>{keys}</kbd>
                </th>
                <td>{t(text)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {known.length > 0 && (
          <table>
            <tbody>
              {known.map(([key, name]) => (
                <tr key={name}>
                  <th scope="row">
                    <kbd>{key}</kbd>
                  </th>
                  <td>{name}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      <button type="button" onClick={() => dialog.current?.close()}>
        {t("close")}
      </button>
    </dialog>
  );
}
