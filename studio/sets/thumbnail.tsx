// One picture in small: a piece of its sheet, as soon as that is there.
import { useEffect, useRef, useState } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { type Piece, showPiece } from "./piece.ts";
import { piece, pieceAtOnce } from "./sheets.ts";
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
      if (picture.current) showPiece(picture.current, found);
    };
    const known = pieceAtOnce(set, index, isAlone);
    if (known !== undefined) {
      take(known);
      return;
    }
    if (picture.current) showPiece(picture.current, null);
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
      {isBroken && <span class="broken" data-text={t("unreadable")} />}
    </span>
  );
}
