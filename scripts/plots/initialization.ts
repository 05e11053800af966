// Draws how the size of signals goes on through layers of ReLU, by what their weights start from.
import { manualSeed, nn, noGrad, randn } from "../../src/index.ts";
import { linePlot } from "./linePlot.ts";

const layers = 30;
const width = 256;
const { init } = nn;

/** Power of ten of the deviation of the signal behind each layer. */
function sizes(weight: nn.init.Initializer): [number, number][] {
  manualSeed(1);
  return noGrad(() => {
    let x = randn([64, width]);
    return Array.from({ length: layers + 1 }, (_, depth) => {
      if (depth > 0)
        x = new nn.Linear(width, width, { init: { weight, bias: init.zeros() } }).forward(x.relu());
      return [depth, Math.log10(x.square().mean().sqrt().itemSync())];
    });
  });
}

/** The plots of docs/initialization.md by the names of their files. */
export function draw(): Map<string, string> {
  const svg = linePlot({
    title: "Size of signals through layers of ReLU, width 256",
    xLabel: "layer",
    yLabel: "size, as a power of ten",
    yRange: [-12, 12],
    curves: [
      { name: "std 0.2", points: sizes(init.normal({ std: 0.2 })) },
      { name: "kaimingNormal", points: sizes(init.kaimingNormal()) },
      { name: "xavierNormal", points: sizes(init.xavierNormal()) },
      { name: "std 0.01", points: sizes(init.normal({ std: 0.01 })) },
    ],
  });
  return new Map([["initialization.svg", svg]]);
}
