// One picture in small, drawn as soon as its sheet is there.
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
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isBroken, setBroken] = useState(false);
  const { id, version } = set;
  useEffect(() => {
    const show = (found: Piece | null) => {
      setBroken(found === null);
      if (found && canvas.current) draw(canvas.current, found);
    };
    const known = pieceAtOnce(set, index, isAlone);
    if (known !== undefined) {
      show(known);
      return;
    }
    if (canvas.current) canvas.current.width = 0;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      void piece(set, index, isAlone, gone.signal).then((found) => {
        if (!gone.signal.aborted) show(found);
      });
    }, patience);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [id, version, index, isAlone]);
  return (
    <span class="thumbnail">
      <canvas ref={canvas} hidden={isBroken} />
      {isBroken && <span class="broken">{t("unreadable")}</span>}
    </span>
  );
}

/** Below this side pixels are shown as squares, in pixels. */
const smallSide = 64;

function draw(canvas: HTMLCanvasElement, { sheet, left, top, width, height }: Piece): void {
  canvas.width = width;
  canvas.height = height;
  canvas.classList.toggle("pixels", Math.max(width, height) <= smallSide);
  canvas.getContext("2d")!.drawImage(sheet, left, top, width, height, 0, 0, width, height);
}
