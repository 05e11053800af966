// One picture in small: a piece of its sheet, as soon as that is there.
import { useEffect, useRef, useState } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { type Piece, piece, pieceAtOnce } from "./sheets.ts";
import { t } from "./texts.ts";

/** Time for which a thumbnail has to be in sight before it is asked for: what is scrolled past is not. Ms. */
const patience = 50;

interface ThumbnailProps {
  readonly set: SetAnswer;
  readonly index: number;
  /** Its neighbours are not shown beside it, so it is loaded without them. */
  readonly isAlone?: boolean;
}

/** The thumbnail; it fills its place with the ratio of its sides kept. Says nothing to those who can't see it: the place around does. */
export function Thumbnail({ set, index, isAlone = false }: ThumbnailProps) {
  const picture = useRef<HTMLSpanElement>(null);
  const [isBroken, setBroken] = useState(false);
  const { id, version } = set;
  useEffect(() => {
    const take = (found: Piece | null) => {
      setBroken(found === null);
      if (picture.current) show(picture.current, found);
    };
    const known = pieceAtOnce(set, index, isAlone);
    if (known !== undefined) {
      take(known);
      return;
    }
    if (picture.current) show(picture.current, null);
    const gone = new AbortController();
    const timer = setTimeout(() => {
      void piece(set, index, isAlone, gone.signal).then((found) => {
        if (!gone.signal.aborted) take(found);
      });
    }, patience);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [id, version, index, isAlone]);
  return (
    <span class="thumbnail">
      <span ref={picture} class="picture" />
      {isBroken && <span class="broken">{t("unreadable")}</span>}
    </span>
  );
}

/** Below this side pixels are shown as squares, in pixels. */
const smallSide = 64;

/** Shows a piece of a sheet as large as its place allows, without its neighbours; null shows nothing. A canvas for each picture would be a layer for each. */
function show({ style, classList }: HTMLElement, piece: Piece | null): void {
  if (!piece) {
    style.backgroundImage = "";
    return;
  }
  const { sheet, sheetWidth, sheetHeight, left, top, width, height } = piece;
  const longer = Math.max(width, height);
  style.width = `${(100 * width) / longer}%`;
  style.height = `${(100 * height) / longer}%`;
  style.backgroundSize = `${(100 * sheetWidth) / width}% ${(100 * sheetHeight) / height}%`;
  style.backgroundPosition = `${share(left, sheetWidth - width)} ${share(top, sheetHeight - height)}`;
  style.backgroundImage = `url("${sheet}")`;
  classList.toggle("pixels", longer <= smallSide);
}

function share(part: number, whole: number): string {
  return whole === 0 ? "0" : `${(100 * part) / whole}%`;
}
