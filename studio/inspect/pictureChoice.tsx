// Where the picture comes from: drawn here, a file that is chosen, dropped or pasted, or one of a data set.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { DrawPad } from "./drawPad.tsx";
import { pictureProblem, show } from "./look.ts";
import { SamplePicker } from "./samplePicker.tsx";
import { type Key, t } from "./texts.ts";

const ways = ["draw", "file", "sample"] as const;
type Way = (typeof ways)[number];
const wayTexts: Readonly<Record<Way, Key>> = { draw: "wayDraw", file: "wayFile", sample: "waySample" };

export const way = signal<Way>("draw");
const fileName = signal("");

/** Bytes of files that are read, at most. */
const mostBytes = 64 * 1024 * 1024;

/** Shows a picture's file. */
async function showFile(file: File): Promise<void> {
  way.value = "file";
  fileName.value = file.name;
  if (file.size > mostBytes) {
    pictureProblem.value = t("fileTooLarge", { name: file.name });
    return;
  }
  await show({ kind: "file", bytes: new Uint8Array(await file.arrayBuffer()), invert: true });
}

/** The three ways. Files may be dropped and pasted whichever is open. */
export function PictureChoice() {
  useEffect(() => {
    const firstOf = (files: FileList | undefined) => files?.[0];
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const file = firstOf(clipboardData?.files);
      if (file) void showFile(file);
    };
    const over = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      event.preventDefault();
      const file = firstOf(event.dataTransfer?.files);
      if (file) void showFile(file);
    };
    document.addEventListener("paste", paste);
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("paste", paste);
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
    };
  }, []);
  return (
    <section class="card" aria-labelledby="picture-title">
      <h3 id="picture-title">{t("picture")}</h3>
      <fieldset class="ways" aria-label={t("pictureFrom")}>
        {ways.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={way.value === one}
            onClick={() => {
              way.value = one;
            }}
          >
            {t(wayTexts[one])}
          </button>
        ))}
      </fieldset>
      {way.value === "draw" && <DrawPad />}
      {way.value === "file" && <FileChoice />}
      {way.value === "sample" && <SamplePicker />}
      {pictureProblem.value && (
        <p class="problem" role="alert">
          {pictureProblem.value}
        </p>
      )}
    </section>
  );
}

function FileChoice() {
  return (
    <div>
      <label class="file">
        {t("chooseFile")}
        <input
          type="file"
          accept="image/png,image/jpeg,image/webp"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) void showFile(file);
          }}
        />
      </label>
      <p class="soft">{fileName.value === "" ? t("dropHint") : fileName.value}</p>
    </div>
  );
}
