// Which pictures the operands of a command mean.
import fs from "node:fs/promises";
import path from "node:path";
import { FoveaError } from "../base/errors.ts";
import { isPictureName } from "../data/pictureWalk.ts";

/** Files as they are given; a folder stands for all pictures in it and in its folders, sorted, but for hidden ones. */
export async function pictureFiles(operands: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const operand of operands) {
    const isFolder = await fs.stat(operand).then(
      (stat) => stat.isDirectory(),
      () => false,
    );
    if (!isFolder) {
      found.push(operand);
      continue;
    }
    const inside = (await fs.readdir(operand, { recursive: true }))
      .filter((name) => isPictureName(name) && !name.split(path.sep).some((part) => part.startsWith(".")))
      .sort();
    if (inside.length === 0) throw new FoveaError(`${operand}: there is no picture in this folder`);
    found.push(...inside.map((name) => path.join(operand, name)));
  }
  return found;
}
