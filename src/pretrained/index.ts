// The weights that come with the package.
export { isPretrained, type ModelCard, modelCard, type PretrainedName, pretrainedNames } from "./cards.ts";
export { type Pretrained, type PretrainedOptions, pretrained } from "./pretrained.ts";
