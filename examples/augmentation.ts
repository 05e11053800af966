// Pictures that are turned, lit and hidden in other ways at each epoch, and the plain pipeline that is left for using the model.
import { nn, randn, tensor } from "fovea";
import {
  ColorJitter,
  Compose,
  fromJSON,
  MixUp,
  Normalize,
  type Picture,
  type PictureShape,
  type Random,
  RandomErasing,
  RandomHorizontalFlip,
  RandomResizedCrop,
  RandomRotation,
  RandomShadow,
  RGB,
  sampleRandom,
  ToTensor,
  Transform,
  toTensor,
} from "fovea/transforms";

// A picture is bytes, as decoding a JPEG or PNG gives them: height, width, channels.
const picture: Picture = {
  height: 48,
  width: 64,
  channels: 3,
  data: Uint8Array.from({ length: 48 * 64 * 3 }, (_, i) => (i * 7 + (i >> 6)) % 256),
};

const train = new Compose([
  new RGB(),
  new RandomResizedCrop(32, { scale: [0.5, 1] }),
  new RandomHorizontalFlip(), // not for letters and digits
  new RandomRotation(15, { interpolation: "bilinear" }), // angle
  new ColorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4 }), // light
  new RandomShadow(0.3),
  new RandomErasing(0.25), // occlusion
  new ToTensor(),
  new Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
]);

// The numbers of a sample follow from seed, epoch and index: any of them can be made again, in any order, on any machine.
const [seed, epoch, index] = [0, 3, 1250];
const random = sampleRandom(seed, epoch, index);
const params = train.draw(random, picture); // plain data, without a look at the pixels
const changed = train.apply(picture, params); // nothing random is left
console.log(`${changed.height} × ${changed.width} × ${changed.channels}`);

const again = train.forward(picture, sampleRandom(seed, epoch, index));
console.log(`the same again: ${again.data.every((value, i) => value === changed.data[i])}`);

const evaluation = train.forEvaluation();
console.log(evaluation.transforms.map((step) => step.name).join(" → "));

const json = JSON.stringify(evaluation); // saved beside the weights
const loaded = fromJSON(json) as Compose;
const x = toTensor(loaded.forward(picture), loaded);
console.log(`${x.dtype} [${x.shape}]`);

/** Rows moved sideways, as a camera with a bad cable does. `amount`: how far, as a fraction of the width. */
class RandomTear extends Transform<{ readonly row: number; readonly shift: number }> {
  readonly name = "RandomTear";
  readonly amount: number;

  constructor(amount = 0.2) {
    super();
    this.amount = amount;
  }

  draw(random: Random, { width, height }: PictureShape) {
    return { row: random.integer(height), shift: Math.round(random.uniform() * this.amount * width) };
  }

  apply({ width, height, channels, data }: Picture, { row, shift }: { row: number; shift: number }): Picture {
    const torn = data.slice();
    const rowBytes = width * channels;
    for (let at = row * rowBytes; at < height * rowBytes; at += rowBytes) {
      for (let i = 0; i < rowBytes; i++) torn[at + i] = data[at + ((i + shift * channels) % rowBytes)]!;
    }
    return { width, height, channels, data: torn };
  }

  protected settings() {
    return { amount: this.amount };
  }
}

const own = { RandomTear: { make: RandomTear, positional: ["amount"] } };
const saved = JSON.stringify(new Compose([new RandomTear(0.1), new RandomErasing()]));
const read = fromJSON(saved, own) as Compose;
console.log(read.transforms.map((step) => step.name).join(", "));

// In a training step: labels become probabilities, and crossEntropy takes them.
const mixUp = new MixUp({ alpha: 0.2, numClasses: 10 });
const pictures = randn([8, 3, 32, 32]);
const labels = tensor([0, 1, 2, 3, 4, 5, 6, 7], { dtype: "int32" });
const [mixed, probabilities] = mixUp.forward(pictures, labels, sampleRandom(seed, epoch, 0));
const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(3 * 32 * 32, 10));
const loss = nn.crossEntropy(model.forward(mixed), probabilities);
console.log(`probabilities [${probabilities.shape}], loss is finite: ${Number.isFinite(loss.itemSync())}`);
