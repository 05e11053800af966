// Pictures inside of pages: small ones, as text. Knows no page.
import { FoveaError } from "../base/errors.ts";
import { encodeJpeg, encodePng } from "../picture/encode.ts";
import { type Picture, resized } from "../picture/picture.ts";

/** Longer side of a thumbnail; pictures up to the other side are kept pixel by pixel. */
const thumbnailSide = 160;
const smallSide = 64;
const thumbnailQuality = 82;

/** A small picture as a data URI; null for what can't be read. */
export async function thumbnail(open: () => Picture | Promise<Picture>): Promise<string | null> {
  try {
    const picture = await open();
    const longer = Math.max(picture.width, picture.height);
    if (longer <= smallSide) return dataUri("png", await encodePng(picture));
    const scale = Math.min(1, thumbnailSide / longer);
    const side = (length: number) => Math.max(1, Math.round(length * scale));
    const small = resized(picture, side(picture.width), side(picture.height));
    return dataUri("jpeg", encodeJpeg(small, thumbnailQuality));
  } catch (error) {
    if (error instanceof FoveaError) return null;
    throw error;
  }
}

/** A file as a data URI. */
export function dataUri(kind: "png" | "jpeg", bytes: Uint8Array): string {
  return `data:image/${kind};base64,${Buffer.from(bytes).toString("base64")}`;
}
