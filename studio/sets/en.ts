// What sets of pictures say on every page, in English.
export const en = {
  set: "Set of pictures",
  folder: "Folders",
  known: "Public sets",
  setLine: "{name} · {count} pictures",
  loading: "Loading…",
  noPictures:
    "No pictures yet. Open the studio on a folder of them: fovea studio photos, or fovea studio data=photos.",
  unreadable: "can't be read",
  number: "number {number}",
  noClass: "no class",
  viewer: "Picture",
  previous: "Previous",
  next: "Next",
  close: "Close",
  place: "{at} of {count}",
  class: "Class",
  part: "Part",
  size: "Size",
} as const;
