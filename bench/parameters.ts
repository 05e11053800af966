// The parameters of the measured networks: names, shapes and first values, for the sides that build the networks from
// them. Shapes are PyTorch's, outputs first; batch normalisation starts with ones and zeros and is not listed.
import { uniform } from "./numbers.ts";
import type { NetworkName } from "./works.ts";

/** One parameter. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** How many inputs one output of its layer has. */
  readonly fanIn: number;
}

function weightAndBias(name: string, shape: readonly number[]): ParameterSpec[] {
  const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
  return [
    { name: `${name}.weight`, shape, fanIn },
    { name: `${name}.bias`, shape: [shape[0]!], fanIn },
  ];
}

function weight(name: string, shape: readonly number[]): ParameterSpec[] {
  return weightAndBias(name, shape).slice(0, 1);
}

/** Channels of the first convolution of each stage of ResNet-20, three blocks a stage. */
const stages = [16, 32, 64];

function resnet20(): ParameterSpec[] {
  return [
    ...weight("conv1", [16, 3, 3, 3]),
    ...stages.flatMap((out, stage) =>
      [0, 1, 2].flatMap((block) => {
        const name = `layer${stage + 1}.${block}`;
        const widens = stage > 0 && block === 0;
        const inputs = widens ? out / 2 : out;
        return [
          ...weight(`${name}.conv1`, [out, inputs, 3, 3]),
          ...weight(`${name}.conv2`, [out, out, 3, 3]),
          ...(widens ? weight(`${name}.downsample.0`, [out, inputs, 1, 1]) : []),
        ];
      }),
    ),
    ...weightAndBias("fc", [10, 64]),
  ];
}

const networks: Record<NetworkName, readonly ParameterSpec[]> = {
  lenet: [
    ...weightAndBias("conv1", [6, 1, 5, 5]),
    ...weightAndBias("conv2", [16, 6, 5, 5]),
    ...weightAndBias("conv3", [120, 16, 4, 4]),
    ...weightAndBias("fc1", [64, 120]),
    ...weightAndBias("fc2", [10, 64]),
  ],
  vgg: [
    ...weightAndBias("conv1", [32, 3, 3, 3]),
    ...weightAndBias("conv2", [32, 32, 3, 3]),
    ...weightAndBias("conv3", [64, 32, 3, 3]),
    ...weightAndBias("conv4", [64, 64, 3, 3]),
    ...weightAndBias("conv5", [128, 64, 3, 3]),
    ...weightAndBias("conv6", [128, 128, 3, 3]),
    ...weightAndBias("fc1", [128, 2048]),
    ...weightAndBias("fc2", [10, 128]),
  ],
  resnet20: resnet20(),
};

/** The parameters of a network in the order of its layers. */
export function parametersOf(network: NetworkName): readonly ParameterSpec[] {
  return networks[network];
}

/** The values that a parameter starts with: evenly spread over ±1/√fanIn, as PyTorch initialises. */
export function initialValues({ name, shape, fanIn }: ParameterSpec): Float32Array<ArrayBuffer> {
  const count = shape.reduce((a, b) => a * b, 1);
  return uniform(name, count, 1 / Math.sqrt(fanIn));
}
