// The networks of the comparison as Fovea's modules, with the values that every side starts with.
import { nn, type Tensor, tensor } from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";
import { initialValues, parametersOf } from "../parameters.ts";
import type { NetworkName } from "../works.ts";

const padded = { padding: 1 };

/** A small VGG: three pairs of 3×3 convolutions, each with a pooling behind it, and two dense layers. */
class SmallVgg extends nn.Module {
  readonly conv1 = new nn.Conv2d(3, 32, 3, padded);
  readonly conv2 = new nn.Conv2d(32, 32, 3, padded);
  readonly conv3 = new nn.Conv2d(32, 64, 3, padded);
  readonly conv4 = new nn.Conv2d(64, 64, 3, padded);
  readonly conv5 = new nn.Conv2d(64, 128, 3, padded);
  readonly conv6 = new nn.Conv2d(128, 128, 3, padded);
  readonly pool = new nn.MaxPool2d(2);
  readonly fc1 = new nn.Linear(2048, 128);
  readonly fc2 = new nn.Linear(128, 10);

  forward(images: Tensor): Tensor {
    let x = this.conv2.forward(this.conv1.forward(images).relu()).relu(); // [N, 32, 32, 32]
    x = this.conv4.forward(this.conv3.forward(this.pool.forward(x)).relu()).relu(); // [N, 64, 16, 16]
    x = this.conv6.forward(this.conv5.forward(this.pool.forward(x)).relu()).relu(); // [N, 128, 8, 8]
    x = this.pool.forward(x).flatten(1); // [N, 2048]
    return this.fc2.forward(this.fc1.forward(x).relu()); // [N, 10]
  }
}

const makers: Record<NetworkName, () => nn.Module> = {
  lenet: () => new vision.LeNet(),
  vgg: () => new SmallVgg(),
  resnet20: () => vision.makeModel("resnet20", { input: [3, 32, 32], classes: 10 }),
};

/** A network with the values that every side starts with. */
export function makeNetwork(name: NetworkName): nn.Module {
  const network = makers[name]();
  const parameters = new Map(network.namedParameters());
  for (const spec of parametersOf(name)) {
    const parameter = parameters.get(spec.name);
    if (!parameter) throw new Error(`bench: ${name} has no parameter ${spec.name}`);
    parameter.assign(tensor(initialValues(spec), { shape: spec.shape }));
  }
  return network;
}
