// Where labelled pictures go when they are written out as class folders: names alone, decided before anything is copied.

/** A picture to be written out. */
export interface Copy {
  readonly from: string;
  /** Its path within the new folder. */
  readonly to: string;
}

/** A picture with the folder that it goes to. */
interface Bound {
  readonly file: string;
  readonly folder: string;
}

/**
 * Names for copies: each picture keeps its own, and of those that would meet in one folder, also where case does not count, the later ones get a number. The order of the
 * pictures decides, so the same labels give the same names.
 */
export function copiesOf(pictures: readonly Bound[]): Copy[] {
  const taken = new Set<string>();
  return pictures.map(({ file, folder }) => {
    const name = file.slice(file.lastIndexOf("/") + 1);
    const dot = name.lastIndexOf(".");
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
    let to = `${folder}/${name}`;
    for (let i = 2; taken.has(to.toLowerCase()); i++) to = `${folder}/${stem}-${i}${ending}`;
    taken.add(to.toLowerCase());
    return { from: file, to };
  });
}
