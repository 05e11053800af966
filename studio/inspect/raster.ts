// A drawing as grey pixels: round strokes with soft edges, computed here so that the same strokes give the same pixels everywhere.

/** A rectangle of pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** White ink on black. */
export class Raster {
  readonly size: number;
  readonly data: Uint8Array;
  isEmpty = true;

  constructor(size: number) {
    this.size = size;
    this.data = new Uint8Array(size * size);
  }

  clear(): void {
    this.data.fill(0);
    this.isEmpty = true;
  }

  /** Draws from one point to another, in pixels; gives the area that may have changed, null where that lies outside. */
  stroke(from: readonly [number, number], to: readonly [number, number], radius: number): Area | null {
    const { size, data } = this;
    const reach = radius + 1;
    const low = (d: 0 | 1) => Math.max(0, Math.floor(Math.min(from[d], to[d]) - reach));
    const high = (d: 0 | 1) => Math.min(size, Math.ceil(Math.max(from[d], to[d]) + reach));
    const [left, top, right, bottom] = [low(0), low(1), high(0), high(1)];
    if (right <= left || bottom <= top) return null;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = dx * dx + dy * dy;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const [px, py] = [x + 0.5 - from[0], y + 0.5 - from[1]];
        const along = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length));
        const distance = Math.hypot(px - along * dx, py - along * dy);
        const cover = Math.max(0, Math.min(1, radius + 0.5 - distance)); // the edge is one pixel wide
        const at = y * size + x;
        data[at] = Math.max(data[at]!, Math.round(255 * cover));
      }
    }
    this.isEmpty = false;
    return { left, top, width: right - left, height: bottom - top };
  }
}
