// A review of a design: what is wrong or wasteful in a network, with numbers. Nothing is computed for it.
import { nn, type Tensor } from "fovea";
import { review } from "fovea/review";
import { resnet18 } from "fovea/vision";

class First extends nn.Module {
  readonly conv1 = new nn.Conv2d(3, 32, 3, { padding: 1 });
  readonly conv2 = new nn.Conv2d(32, 64, 7, { padding: 3 });
  readonly pool = new nn.MaxPool2d(2);
  readonly fc1 = new nn.Linear(64 * 16 * 16, 128);
  readonly fc2 = new nn.Linear(128, 10);

  forward(input: Tensor): Tensor {
    let x = this.conv1.forward(input).relu(); // [N, 32, 32, 32]
    x = this.pool.forward(this.conv2.forward(x).relu()); // [N, 64, 16, 16]
    x = this.fc1.forward(x.flatten(1)).sigmoid(); // [N, 128]
    return nn.softmax(this.fc2.forward(x), 1); // [N, 10]
  }
}

const findings = review(new First(), [3, 32, 32], { classes: 10, samples: 5000, loss: "crossEntropy" });
for (const { severity, id, layer, evidence, fix } of findings) {
  console.log(`${severity} ${id} ${layer}: ${evidence}. ${fix}`);
}

// What the review says is done: small kernels, a mean at the head, logits.
class Second extends nn.Module {
  readonly conv1 = new nn.Conv2d(3, 32, 3, { padding: 1 });
  readonly conv2 = new nn.Conv2d(32, 64, 3, { padding: 1 });
  readonly conv3 = new nn.Conv2d(64, 64, 3, { padding: 1 });
  readonly conv4 = new nn.Conv2d(64, 128, 3, { padding: 1 });
  readonly pool = new nn.MaxPool2d(2);
  readonly fc = new nn.Linear(128, 10);

  forward(input: Tensor): Tensor {
    let x = this.pool.forward(this.conv1.forward(input).relu()); // [N, 32, 16, 16]
    x = this.pool.forward(this.conv2.forward(x).relu()); // [N, 64, 8, 8]
    x = this.pool.forward(this.conv3.forward(x).relu()); // [N, 64, 4, 4]
    x = this.conv4.forward(x).relu(); // [N, 128, 4, 4]
    return this.fc.forward(x.mean([2, 3])); // [N, 10]
  }
}

console.log(review(new Second(), [3, 32, 32], { classes: 10, samples: 5000, loss: "crossEntropy" }).length); // 0

// The same network is right for one size of pictures and wrong for another.
for (const side of [224, 32]) {
  const found = review(resnet18({ classes: 10 }), [3, side, side]).filter(
    ({ severity }) => severity !== "note",
  );
  console.log(side, found.map(({ id, layer }) => `${id} ${layer}`).join(", ") || "nothing");
}
