// Baseline scans: each block's coefficients at once, transformed as soon as they are read. Knows no colours. Source: ITU-T T.81,
// annex F.
import type { Bits } from "./bits.ts";
import { restartPart, writePart } from "./blockKernel.ts";
import { eachBlock } from "./groups.ts";
import { blockOf, type Planes } from "./planes.ts";
import type { Frame, Scan } from "./segments.ts";

/** Decodes a scan into the components' planes. */
export function decodeBaseline(
  frame: Frame,
  scan: Scan,
  bits: Bits,
  { kernels, bytes, parts, planes, ...rest }: Planes,
  fail: (message: string) => never,
): void {
  blockOf(bytes);
  const base = rest.scan.address + bits.first;
  const targets = scan.parts.map(({ component, dc, ac }, i) => {
    writePart(bytes, parts[i]!, component.steps!, dc!, ac!);
    return { part: parts[i]!, ...planes[frame.components.indexOf(component)]! };
  });
  eachBlock(frame, scan, bits, fail, {
    restart: () => {
      for (const { part } of targets) restartPart(bytes, part);
    },
    block: (index, line, column) => {
      const { part, address, stride } = targets[index]!;
      const to = address + line * 8 * stride + column * 8;
      const behind = kernels.readBlock(bits.at, base, part, to, stride);
      bits.at = behind;
      return behind >= 0;
    },
  });
}
