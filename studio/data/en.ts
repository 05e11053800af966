// What the page Data says, in English.
export const en = {
  data: "Data",
  aboutSet: "The set",
  views: "Views of the set",
  pictures: "Pictures",

  picturesIn: "pictures in",
  classesWord: "classes",
  parts: "Parts",
  drawnParts:
    "No folders for parts: training draws a tenth each for validation and test, the same share of each class.",
  imbalance: "largest to smallest class {ratio} : 1",
  balance: "Pictures of each class",
  unlabelled: "without a class",

  search: "Search by name",
  class: "Class",
  part: "Part",
  allClasses: "all classes",
  allParts: "all parts",
  showAll: "Show all",
  shown: "{count} shown",
  selected: "{count} chosen",
  nothingFits: "No picture fits. Show all, or ask for less.",
} as const;
