// Draws the generated data sets.
import { type ArrayDataset, blobs, circles, moons, spirals, xor } from "../../src/data/index.ts";
import { type Cloud, scatterPlots } from "./scatterPlot.ts";

function cloudsOf(dataset: ArrayDataset): Cloud[] {
  return dataset.classes.map((_, label) => {
    const points: [number, number][] = [];
    for (let i = 0; i < dataset.length; i++) {
      const sample = dataset.get(i);
      if (sample.label === label) points.push([sample.data[0]!, sample.data[1]!]);
    }
    return { points };
  });
}

/** The plots by file name. */
export function draw(): Map<string, string> {
  const plots = [
    { title: "spirals, noise 0.02", clouds: cloudsOf(spirals({ count: 240, noise: 0.02 })) },
    {
      title: "spirals, 3 classes, turns 0.6",
      clouds: cloudsOf(spirals({ count: 240, classes: 3, turns: 0.6 })),
    },
    { title: "moons, noise 0.08", clouds: cloudsOf(moons({ count: 240, noise: 0.08 })) },
    {
      title: "circles, noise 0.05, factor 0.5",
      clouds: cloudsOf(circles({ count: 240, noise: 0.05, factor: 0.5 })),
    },
    { title: "blobs, std 1.5", clouds: cloudsOf(blobs({ count: 240, std: 1.5 })) },
    { title: "xor", clouds: cloudsOf(xor({ count: 240 })) },
  ];
  return new Map([["toys.svg", scatterPlots(plots)]]);
}
