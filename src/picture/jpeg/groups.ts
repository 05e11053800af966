// The order of a scan's blocks, and where its restarts are. Knows no coefficients. Source: ITU-T T.81, A.2 and E.2.4.
import type { Bits } from "./bits.ts";
import type { Frame, Scan } from "./segments.ts";

/** What is done at each place of a scan. */
export interface BlockWalk {
  /** Before the first block and behind each restart. */
  restart(): void;
  /** For a block of a scan's part, by its line and column in the component's plane; false where the bits make no sense. */
  block(part: number, line: number, column: number): boolean;
}

/** Goes through the blocks of a scan as they are stored; data that end early are an error. */
export function eachBlock(
  frame: Frame,
  { parts, restartEvery }: Scan,
  bits: Bits,
  fail: (message: string) => never,
  walk: BlockWalk,
): void {
  // A scan of one component has no groups, and no blocks beyond what the picture needs.
  const single = parts.length === 1;
  const across = single ? parts[0]!.component.blocksAcross : frame.groupsAcross;
  const down = single ? parts[0]!.component.blocksDown : frame.groupsDown;
  const places = parts.flatMap(({ component }, part) =>
    Array.from({ length: single ? 1 : component.across * component.down }, (_, i) => ({
      part,
      x: single ? 0 : i % component.across,
      y: single ? 0 : Math.floor(i / component.across),
      across: single ? 1 : component.across,
      down: single ? 1 : component.down,
    })),
  );
  let stretch = 0;
  let end = bits.ends[0]!;
  let left = restartEvery || Infinity;
  walk.restart();
  for (let line = 0; line < down; line++) {
    for (let column = 0; column < across; column++) {
      if (left === 0) {
        bits.at = end;
        stretch++;
        end = bits.ends[stretch] ?? fail(`damaged or cut short (restart ${stretch} is missing)`);
        left = restartEvery;
        walk.restart();
      }
      left--;
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        const sane = walk.block(place.part, line * place.down + place.y, column * place.across + place.x);
        if (!sane) fail(`damaged (line ${line}, column ${column} of its blocks make no sense)`);
        if (bits.at > end)
          fail(`damaged or cut short (the data end in line ${line} of ${down} of its blocks)`);
      }
    }
  }
}
