// A piece of a sheet of pictures, shown as the background of an element: a canvas for each picture would be a layer for each.
import { showsPixels } from "./enlargement.ts";

/** Where a picture stands on a sheet, in pixels. */
export interface Piece {
  /** Address of the sheet, which is in the page already. */
  readonly sheet: string;
  readonly sheetWidth: number;
  readonly sheetHeight: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Shows a piece as large as its place allows, without its neighbours; null shows nothing. */
export function showPiece({ style, classList }: HTMLElement, piece: Piece | null): void {
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
  classList.toggle("pixels", showsPixels(width, height));
}

function share(part: number, whole: number): string {
  return whole === 0 ? "0" : `${(100 * part) / whole}%`;
}
