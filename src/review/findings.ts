// What a review can find: each kind with its weight, its rule, why it matters and what to do. Knows no pictures.

/** How bad a finding is: an error makes training fail or its figures wrong, a warning costs accuracy, a note is good to know. */
export type Severity = "error" | "warning" | "note";

/** Numbers that rules are made of. */
export const thresholds = {
  /** Shorter side below which a picture is tiny anyway, and where the others have more than twice as much; pixels. */
  tinySide: 8,
  smallSide: 32,
  /** Pixels of a huge picture. */
  hugePixels: 20_000_000,
  /** Longer side by shorter side. */
  aspect: 4,
  /** 95th by 5th percentile of the shorter sides. */
  sizeSpread: 2,
  /** Largest class by smallest. */
  imbalance: 5,
  /** Pictures of a class in the training part. */
  fewPictures: 10,
  /** Deviation of brightness, levels. */
  blank: 3,
  /** Brightest and darkest hundredth, levels. */
  dark: 64,
  bright: 192,
  /** Share of right answers by one threshold of brightness, class and rest weighted the same. */
  told: 0.95,
  /** Distance of mean brightness from the training part's, in deviations. */
  partShift: 0.5,
} as const;

const t = thresholds;

/** One kind of finding. */
export interface FindingKind {
  readonly severity: Severity;
  readonly title: string;
  /** When it is reported. */
  readonly rule: string;
  readonly why: string;
  readonly fix: string;
}

/** All kinds by id, in the order of a report: errors, warnings, notes. */
export const findingKinds = {
  "empty-file": {
    severity: "error",
    title: "Empty files",
    rule: "the file has no bytes",
    why: "Training can't read them and would stop or leave them out.",
    fix: "Copy them again from where they came from, or delete them.",
  },
  damaged: {
    severity: "error",
    title: "Damaged files",
    rule: "the content can't be decoded: cut short, broken, larger than 100 million pixels, or no picture",
    why: "Training can't read them and would stop or leave them out.",
    fix: "Copy them again from where they came from, or delete them.",
  },
  unsupported: {
    severity: "error",
    title: "Formats that can't be read",
    rule: "the content is a known format without a reader, whatever the name says",
    why: "Training can't read them and would stop or leave them out.",
    fix: "Convert them to PNG or JPEG.",
  },
  "missing-file": {
    severity: "error",
    title: "Rows of a table without a file",
    rule: "a table names a file that is not in its folder",
    why: "The folder can't be opened for training as long as the table promises more than there is.",
    fix: "Add the files, or take the rows out of the table.",
  },
  "empty-class": {
    severity: "error",
    title: "Classes without a picture",
    rule: "a class folder holds no picture",
    why: "A network can't learn a class of which it sees nothing.",
    fix: "Add pictures, or remove the folder.",
  },
  "class-not-in-training": {
    severity: "error",
    title: "Classes that the training part does not have",
    rule: "a class has pictures in val or test, and no folder in train",
    why: "A network can't learn a class that it is only tested on.",
    fix: "Add training pictures of the class, or correct a misspelt folder name.",
  },
  "label-conflict": {
    severity: "error",
    title: "One picture, two classes",
    rule: "equal or nearly equal pictures lie in different classes",
    why: "One of the labels is wrong, and the network is punished whatever it answers.",
    fix: "Keep the picture in the class where it belongs and delete the others.",
  },
  leakage: {
    severity: "error",
    title: "The same picture in two parts",
    rule: "equal or nearly equal pictures lie in different parts",
    why: "What was learned by heart counts as recognised, so accuracy on val or test is too good to be true.",
    fix: "Keep the picture in one part only; leave the test part as it is and delete elsewhere.",
  },
  misnamed: {
    severity: "warning",
    title: "Names that promise another format",
    rule: "the content is one format and the name ends as another's",
    why: "They are read by their content here, but other programs may refuse them.",
    fix: "Rename them, or convert them to what the name says.",
  },
  "broken-link": {
    severity: "warning",
    title: "Broken links",
    rule: "a link leads nowhere, or to a folder that it lies in",
    why: "The pictures that they stood for are missing without a word.",
    fix: "Restore what they point to, or delete them.",
  },
  "beside-classes": {
    severity: "warning",
    title: "Pictures and folders beside the classes",
    rule: "a picture lies in no class folder, or a folder beside train, val and test",
    why: "They belong to no class or part, and are left out.",
    fix: "Move them into a class folder of a part, or out of the data set.",
  },
  "class-missing-in-part": {
    severity: "warning",
    title: "Classes that val or test lack",
    rule: "a class of the training part has no picture in another part",
    why: "How well the network knows this class is never measured.",
    fix: "Move some of its training pictures to that part.",
  },
  "class-imbalance": {
    severity: "warning",
    title: "Unbalanced classes",
    rule: `the largest class of the training part has at least ${t.imbalance} times as many pictures as the smallest`,
    why: "A network gains by answering the large class when in doubt, and neglects the small one.",
    fix: "Collect more of the small classes, or weight the loss by class and watch the accuracy of each class.",
  },
  "tiny-class": {
    severity: "warning",
    title: "Classes with few pictures",
    rule: `a class has fewer than ${t.fewPictures} pictures in the training part`,
    why: "So few pictures are learned by heart instead of showing what they have in common.",
    fix: "Collect more pictures of these classes, or join them with a class like them.",
  },
  duplicate: {
    severity: "warning",
    title: "Equal pictures",
    rule: "files with the same bytes or the same pixels lie in one class and part",
    why: "They count several times, and where parts are drawn they land on both sides.",
    fix: "Keep one of each.",
  },
  "near-duplicate": {
    severity: "warning",
    title: "Nearly equal pictures",
    rule: "pictures of one class and part agree after turning, mirroring, a change of light and a slight crop: edges correlate by at least 0.92",
    why: "They count several times, and where parts are drawn they land on both sides.",
    fix: "Keep the best of each; turned and mirrored copies are what augmentation makes anyway.",
  },
  blank: {
    severity: "warning",
    title: "Blank pictures",
    rule: `brightness deviates by less than ${t.blank} of 255 levels`,
    why: "There is nothing on them to learn, but their label counts.",
    fix: "Delete them.",
  },
  dark: {
    severity: "warning",
    title: "Almost black pictures",
    rule: `99% of the pixels are darker than level ${t.dark} of 255`,
    why: "The motif can hardly be told from noise.",
    fix: "Delete them, or take them again in better light.",
  },
  "over-exposed": {
    severity: "warning",
    title: "Washed-out pictures",
    rule: `99% of the pixels are brighter than level ${t.bright} of 255`,
    why: "Where the sensor was blinded, nothing of the motif is left.",
    fix: "Delete them, or take them again with less light.",
  },
  "brightness-by-class": {
    severity: "warning",
    title: "Classes that brightness gives away",
    rule: `mean brightness alone tells a class from all others in at least ${t.told * 100}% of cases`,
    why: "A network takes the easiest way: it may learn the light of the day instead of the motif.",
    fix: "Take pictures of each class in the same kinds of light, or train with strong ColorJitter.",
  },
  "brightness-by-part": {
    severity: "warning",
    title: "Parts in another light",
    rule: `a part's mean brightness lies more than ${t.partShift} deviations from the training part's`,
    why: "The parts do not show the same world, so validation says little about training.",
    fix: "Draw the parts from the same pictures by chance, or train with ColorJitter.",
  },
  "tiny-picture": {
    severity: "warning",
    title: "Very small pictures",
    rule: `the shorter side has less than ${t.tinySide} pixels, or less than ${t.smallSide} and less than half of the median`,
    why: "Blown up to the network's input they are mush; often they are thumbnails or icons that slipped in.",
    fix: "Replace them by the originals, or delete them.",
  },
  "extreme-aspect": {
    severity: "warning",
    title: "Very long pictures",
    rule: `the longer side is more than ${t.aspect} times the shorter`,
    why: "Fitted into a square they are a thin strip; cropped, most of them is lost.",
    fix: "Cut them to the motif.",
  },
  "mixed-sizes": {
    severity: "note",
    title: "Pictures of very different sizes",
    rule: `of the shorter sides, the 95th percentile is more than ${t.sizeSpread} times the 5th`,
    why: "They become one size for the network, so some are blown up and others lose detail.",
    fix: "Choose imgsz near the smaller ones; no need to change the files.",
  },
  "huge-picture": {
    severity: "note",
    title: "Very large pictures",
    rule: `more than ${t.hugePixels / 1e6} million pixels`,
    why: "Reading them takes most of the time of an epoch.",
    fix: "Save copies of about twice the network's input size, and train on those.",
  },
  "mixed-colour": {
    severity: "note",
    title: "Grey among colour",
    rule: "both grey and coloured pictures occur; the rarer kind is listed",
    why: "Where one class has more of them, missing colour gives it away.",
    fix: "See whether they gather in one class; RandomGrayscale makes up for it.",
  },
  "exif-turned": {
    severity: "note",
    title: "Pictures that EXIF turns",
    rule: "the orientation tag is not 1",
    why: "They are turned upright here; programs that ignore the tag see them lying on their side.",
    fix: "Nothing for training with Fovea; save them turned where other programs read them too.",
  },
  alpha: {
    severity: "note",
    title: "Transparent pictures",
    rule: "a pixel is not opaque",
    why: "What is transparent becomes white, which may be no background that the network will meet.",
    fix: "Lay them on the background that you expect.",
  },
  "not-a-picture": {
    severity: "note",
    title: "Files that are no pictures by name",
    rule: "a file inside a class folder has no ending of pictures",
    why: "They are left out; a picture with a wrong ending would be, too.",
    fix: "Rename those that are pictures; the others do no harm.",
  },
  hidden: {
    severity: "note",
    title: "Hidden files and folders",
    rule: "a name begins with a dot",
    why: "They are left out, and are no classes.",
    fix: "Nothing, unless pictures ended up in there.",
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

/** The id of a kind of finding. */
export type FindingId = keyof typeof findingKinds;

/** One thing that was found: a file or several that belong together, or no file but a class or part. */
export interface FindingCase {
  /** Paths, or names such as "train 12" for samples that lie in no file of their own. */
  readonly files: readonly string[];
  /** What was seen, in numbers. */
  readonly detail: string;
}

/** All that was found of one kind. */
export interface Finding extends FindingKind {
  readonly id: FindingId;
  /** Number of cases. */
  readonly count: number;
  readonly cases: readonly FindingCase[];
}

/** Findings from cases by kind, in the order of the kinds; those without cases are left out. */
export function findingsOf(cases: ReadonlyMap<FindingId, readonly FindingCase[]>): Finding[] {
  return (Object.keys(findingKinds) as FindingId[]).flatMap((id) => {
    const found = cases.get(id) ?? [];
    return found.length === 0 ? [] : [{ id, ...findingKinds[id], count: found.length, cases: found }];
  });
}
