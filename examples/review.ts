// What would spoil training on a data set, and what training sees of it. Takes a folder of pictures, or else looks at MNIST's test part.
import { contactSheet, mnist, reviewPictures } from "fovea/data";
import { augmentation, Compose, Letterbox, RGB } from "fovea/transforms";

const source = process.argv[2] ?? (await mnist({ train: false })); // a folder, or a data set
const review = await reviewPictures(source);
for (const { id, severity, count, cases } of review.findings) {
  console.log(`${severity} ${id}: ${count}, such as ${cases[0]!.files.join(", ")} (${cases[0]!.detail})`);
}
const { mean, std } = review.normalize!;
console.log(
  `${review.pictures} pictures of ${review.classes.length} classes, ${review.findings.length} findings`,
);
console.log(`new Normalize([${mean.map((v) => v.toFixed(4))}], [${std.map((v) => v.toFixed(4))}])`);

const digit = (await mnist({ train: false })).picture(0);
const pipeline = new Compose([new RGB(), new Letterbox(64), ...augmentation("digits", [64, 64])]);
const sheet = contactSheet([{ picture: digit, index: 0 }], pipeline, { count: 4, seed: 1 });
console.log(`a sheet of ${sheet.width} × ${sheet.height} pixels`);
