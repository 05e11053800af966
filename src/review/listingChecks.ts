// What names alone tell of a folder: what was left out, and classes and files that are missing. Opens no picture.
import type { PictureListing } from "../data/pictureListing.ts";
import type { Skipped } from "../data/pictureWalk.ts";
import type { FindingId } from "./findings.ts";
import type { Cases } from "./samples.ts";

const skippedKinds: Readonly<Record<Skipped["reason"], FindingId>> = {
  hidden: "hidden",
  "no picture by its name": "not-a-picture",
  "no file": "not-a-picture",
  "broken link": "broken-link",
  "beside the classes": "beside-classes",
};

/** Adds what a listing shows. */
export function checkListing(listing: PictureListing, cases: Cases): void {
  const { skipped, emptyClasses, strangers, missing } = listing;
  for (const { path, reason } of skipped) cases.add(skippedKinds[reason], [path], reason);
  for (const path of emptyClasses) cases.add("empty-class", [path], "no picture inside");
  for (const { part, name } of strangers) {
    const count = listing.parts!.get(part)!.filter(({ label }) => listing.classes[label] === name).length;
    cases.add(
      "class-not-in-training",
      [],
      `${name}: ${count} ${count === 1 ? "picture" : "pictures"} in ${part}, none in train`,
    );
  }
  for (const { table, line, file } of missing) {
    cases.add("missing-file", [table], `line ${line}: ${JSON.stringify(file)} is not there`);
  }
}
