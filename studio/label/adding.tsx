// New pictures for the set: dropped on the page, pasted, chosen, or from the camera.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { refreshSets } from "../sets/setStore.ts";
import { sendPicture } from "./api.ts";
import { Camera } from "./camera.tsx";
import { t } from "./texts.ts";

export function Adding({ set }: { set: SetAnswer }) {
  const input = useRef<HTMLInputElement>(null);
  const isFilming = useSignal(false);
  const isOver = useSignal(false);
  const said = useSignal<{
    readonly done: number;
    readonly total: number;
    readonly problems: readonly string[];
  } | null>(null);

  const add = async (pictures: readonly { readonly name: string; readonly data: Blob }[]) => {
    const problems: string[] = [];
    for (const [i, { name, data }] of pictures.entries()) {
      said.value = { done: i, total: pictures.length, problems };
      try {
        await sendPicture(set.id, name, data);
      } catch (error) {
        problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    said.value = { done: pictures.length - problems.length, total: pictures.length, problems };
    await refreshSets();
  };
  const addFiles = (files: Iterable<File>) => {
    const all = Array.from(files, (file) => ({ name: file.name, data: file }));
    if (all.length > 0) void add(all);
  };
  const latest = useRef(addFiles);
  latest.current = addFiles;
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      isOver.value = event.type === "dragover";
      if (event.type === "drop") latest.current(event.dataTransfer.files);
    };
    const paste = ({ clipboardData }: ClipboardEvent) => latest.current(clipboardData?.files ?? []);
    const kinds = ["dragover", "dragleave", "drop"] as const;
    for (const kind of kinds) addEventListener(kind, over);
    addEventListener("paste", paste);
    return () => {
      for (const kind of kinds) removeEventListener(kind, over);
      removeEventListener("paste", paste);
    };
  }, [isOver]);
  return (
    <div class={isOver.value ? "adding over" : "adding"}>
      <div class="row">
        <button type="button" onClick={() => input.current?.click()}>
          {t("addFiles")}
        </button>
        <input
          ref={input}
          type="file"
          hidden
          multiple
          accept="image/png,image/jpeg,image/webp"
          aria-label={t("addFiles")}
          onChange={({ currentTarget }) => {
            addFiles(currentTarget.files ?? []);
            currentTarget.value = "";
          }}
        />
        <button
          type="button"
          aria-expanded={isFilming.value}
          onClick={() => {
            isFilming.value = !isFilming.value;
          }}
        >
          {t("camera")}
        </button>
        <span class="soft">{t("addHint")}</span>
        {said.value && (
          <span role="status" class={said.value.problems.length > 0 ? "problem" : "soft"}>
            {[t("added", { done: said.value.done, total: said.value.total }), ...said.value.problems].join(
              "\n",
            )}
          </span>
        )}
      </div>
      {isFilming.value && <Camera onPicture={(data) => void add([{ name: "camera.jpg", data }])} />}
    </div>
  );
}
