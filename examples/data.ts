// Data sets: a public one, its samples, parts and statistics; a table of numbers, and a table of files with labels.
import {
  channelStatistics,
  csvDataset,
  csvLabels,
  DataLoader,
  fashionMnist,
  jsonlLabels,
  line,
  mnist,
  moons,
} from "fovea/data";

const digits = await mnist({ train: false });
const { data, label } = digits.get(0); // 784 bytes, and the index of the class
console.log(
  `${digits.length} samples of ${digits.sampleShape.join("×")}; the first is a ${digits.classes[label]}`,
);
console.log(`its brightest pixel is ${Math.max(...data)}`);

const [fit, check] = digits.split(0.8, { seed: 1 }); // the same share of every digit in both
const loader = new DataLoader(fit, { batchSize: 64, shuffle: true });
console.log(`${fit.length} + ${check.length} samples, ${loader.length} batches`);

const { mean, std } = channelStatistics(digits);
console.log(`mean ${mean[0]!.toFixed(4)}, deviation ${std[0]!.toFixed(4)}`);

/** Fetches the files first where they are neither in the cache nor installed. */
function clothes() {
  return fashionMnist({ download: true, onDownload: ({ type, file }) => console.log(type, file) });
}
if (process.argv.includes("--download")) console.log((await clothes()).classes);

const table = "label,p0,p1,p2,p3\ncat,0,255,255,0\ndog,9,8,7,6\n";
const pictures = csvDataset(table, { label: "label", shape: [1, 2, 2] });
console.log(`${pictures.classes.join(", ")}: ${pictures.labels.join(", ")}`);

const fromCsv = csvLabels('file_name,label\n"sun, low.jpg",sky\nlake.png,water\n');
const fromJsonl = jsonlLabels('{"file_name": "lake.png", "label": "water", "author": "M"}\n');
console.log(fromCsv.map(({ file, label }) => `${file} → ${label}`).join("; "));
console.log(fromJsonl[0]);

const points = moons({ count: 200, noise: 0.1, seed: 3 }); // float32 samples [2]
const { x, y } = line({ count: 50, slope: 3, intercept: -1, noise: 0.1 });
console.log(
  `${points.length} points of ${points.classes.length} classes; a line through ${x.length} of ${y.length} points`,
);
