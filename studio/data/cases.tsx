// The cases of a finding: pictures that belong together stand side by side, and each opens in large.
import { useSignal } from "@preact/signals";
import type { CheckCase, CheckFinding } from "../../src/studio/shared/check.ts";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { count } from "../format.ts";
import { language } from "../i18n/language.ts";
import { noFilter } from "../sets/filter.ts";
import { PictureViewer } from "../sets/pictureViewer.tsx";
import { Thumbnail } from "../sets/thumbnail.tsx";
import { detailInChinese } from "./details.ts";
import { filter, view } from "./filterState.ts";
import { t } from "./texts.ts";

/** Cases that are shown at first, and each time more are asked for. */
const atOnce = 30;
/** Pictures of one case that are shown. */
const mostPictures = 24;

interface CasesProps {
  readonly set: SetAnswer;
  readonly finding: CheckFinding;
}

/** The cases. */
export function Cases({ set, finding }: CasesProps) {
  const shown = useSignal(atOnce);
  const open = useSignal<{ readonly pictures: readonly number[]; readonly at: number } | null>(null);
  const { cases } = finding;
  const among = new Set(cases.flatMap(({ pictures }) => pictures));
  const rest = Math.min(cases.length - shown.value, atOnce);
  return (
    <>
      {among.size > 0 && (
        <button
          type="button"
          onClick={() => {
            filter.value = { ...noFilter, among };
            view.value = "pictures";
          }}
        >
          {t("showInGrid", { count: count(among.size) })}
        </button>
      )}
      <ul class="cases">
        {cases.slice(0, shown.value).map((one, i) => (
          <Case
            key={i}
            set={set}
            id={finding.id}
            found={one}
            onOpen={(at) => {
              open.value = { pictures: one.pictures, at };
            }}
          />
        ))}
      </ul>
      {rest > 0 && (
        <button
          type="button"
          onClick={() => {
            shown.value += atOnce;
          }}
        >
          {t("moreCases", { count: rest })}
        </button>
      )}
      {open.value && (
        <PictureViewer
          set={set}
          indices={open.value.pictures}
          at={open.value.at}
          onMove={(at) => {
            if (open.value) open.value = { ...open.value, at };
          }}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
    </>
  );
}

interface CaseProps {
  readonly set: SetAnswer;
  readonly id: CheckFinding["id"];
  readonly found: CheckCase;
  /** A picture is asked for in large, by its place in the case. */
  readonly onOpen: (at: number) => void;
}

function Case({ set, id, found: { pictures, files, detail }, onOpen }: CaseProps) {
  const hidden = pictures.length - mostPictures;
  return (
    <li>
      <p class="soft">{language.value === "zh" ? detailInChinese(id, detail) : detail}</p>
      {pictures.length > 0 && (
        <div class="beside">
          {pictures.slice(0, mostPictures).map((index, at) => (
            <button key={index} type="button" class="picture-button" onClick={() => onOpen(at)}>
              <span class="frame">
                <Thumbnail set={set} index={index} isAlone />
              </span>
              <span class="caption">{set.names[index] || t("number", { number: index })}</span>
              <span class="caption">{set.classes[set.labels[index]!] ?? ""}</span>
            </button>
          ))}
          {hidden > 0 && <span class="soft">{t("morePictures", { count: count(hidden) })}</span>}
        </div>
      )}
      {files.map((file) => (
        <p key={file}>
          <code>{file}</code>
        </p>
      ))}
    </li>
  );
}
