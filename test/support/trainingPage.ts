// What a page imports that trains LeNet: layers, losses and optimizers by their own entries, so that a bundler leaves out the rest.
import { noGrad, type Tensor } from "fovea";
import * as nn from "fovea/nn";
import * as optim from "fovea/optim";

class LeNet extends nn.Module {
  readonly conv1 = new nn.Conv2d(1, 6, 5);
  readonly conv2 = new nn.Conv2d(6, 16, 5);
  readonly conv3 = new nn.Conv2d(16, 120, 4);
  readonly pool = new nn.MaxPool2d(2);
  readonly fc1 = new nn.Linear(120, 64);
  readonly fc2 = new nn.Linear(64, 10);

  forward(images: Tensor): Tensor {
    let x = this.conv1.forward(images.div(255)).sigmoid(); // [N, 6, 24, 24]
    x = this.conv2.forward(this.pool.forward(x).sigmoid()); // [N, 16, 8, 8]
    x = this.conv3.forward(this.pool.forward(x)).flatten(1); // [N, 120]
    return this.fc2.forward(this.fc1.forward(x).sigmoid()); // [N, 10]
  }
}

const model = new LeNet();
const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });

function step(x: Tensor, y: Tensor): Tensor {
  const loss = nn.crossEntropy(model.forward(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss;
}

const classify = (x: Tensor) => noGrad(() => model.forward(x).argmax(1));
Object.assign(globalThis, { step, classify });
