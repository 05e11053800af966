// What a model is made of, layer by layer, and what its layers see of a picture, without computing anything; and what each of them gave for one.
import { nn, noGrad, type Tensor, zeros } from "fovea";
import { networkGraph, receptiveField, receptiveFields, summary, trace } from "fovea/inspect";
import { CifarResNet, LeNet } from "fovea/vision";

console.log(String(summary(new LeNet(), [1, 28, 28])));

const { rows, totals } = summary(new CifarResNet(20), [3, 32, 32], { depth: 1 });
for (const { path, parameters, multiplyAdds } of rows) console.log(path, parameters, multiplyAdds);
console.log(totals.parameters, totals.multiplyAdds); // 272474 40813184

const pool2 = receptiveField(new LeNet(), [1, 28, 28], { layer: "pool2" });
const { field, jump, centre } = pool2.axes[0]!;
console.log(field, jump, centre); // 16 4 7.5
console.log(pool2.at([0, 0, 1, 2])); // rows 4 … 19, columns 8 … 23: [[4, 19], [8, 23]]

const conv = (kernel: number, options: nn.Conv2dOptions = {}) =>
  new nn.Conv2d(64, 64, kernel, { padding: (kernel - 1) / 2, bias: false, ...options });

const stack = new nn.Sequential(conv(3), conv(3), conv(3));
for (const model of [stack, conv(7)]) {
  const { parameters, multiplyAdds } = summary(model, [64, 56, 56]).totals;
  const { field } = receptiveField(model, [64, 56, 56]).axes[0]!;
  console.log(`field ${field}: ${parameters} parameters, ${multiplyAdds} multiply-adds`);
}

class Branches extends nn.Module {
  readonly near = conv(3);
  readonly far = conv(3, { dilation: 4, padding: 4 });

  forward(x: Tensor): Tensor {
    return this.near.forward(x).add(this.far.forward(x)).add(x);
  }
}

for (const { path, axes } of receptiveFields(new Branches(), [64, 32, 32])) {
  console.log(path || "all", axes[0]!.field); // all 9, near 3, far 9
}

const { nodes, edges } = networkGraph(new CifarResNet(20), [3, 32, 32]);
const sum = nodes.find(({ kind }) => kind === "add")!;
for (const { from, shape } of edges.filter(({ to }) => to === sum.id)) {
  const { name, path } = nodes[from]!;
  console.log(`${sum.path} adds ${name} ${path}, ${shape.join("×")}`);
}

const lenet = new LeNet();
lenet.eval();
for (const { path, kind, output } of noGrad(() => trace(lenet, zeros([1, 1, 28, 28])))) {
  console.log(path || "between layers:", kind, output.shape.join("×"));
}
