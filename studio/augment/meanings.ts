// What each transform does, in a few words of the language in use.
import { type Language, language } from "../i18n/language.ts";

const meanings: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  RandomHorizontalFlip: { en: "mirrored, with probability p", zh: "以概率 p 左右镜像" },
  RandomVerticalFlip: { en: "upside down, with probability p", zh: "以概率 p 上下镜像" },
  RandomCrop: { en: "shifted by up to padding pixels", zh: "最多平移 padding 像素" },
  RandomAffine: { en: "turned, shifted, scaled, sheared", zh: "旋转、平移、缩放、错切" },
  RandomPerspective: { en: "seen from the side", zh: "从侧面看" },
  ElasticTransform: { en: "bent by alpha, sigma pixels smooth", zh: "弹性弯曲：强度 alpha，平滑 sigma 像素" },
  ColorJitter: { en: "other light and colours", zh: "改变光线和色彩" },
  RandomGrayscale: { en: "without colour, with probability p", zh: "以概率 p 变成灰度" },
  RandomGamma: { en: "shadows lifted or deepened", zh: "提亮或压暗阴影" },
  RandomShadow: { en: "a shadow falls across", zh: "有阴影掠过" },
  GaussianBlur: { en: "out of focus", zh: "失焦" },
  GaussianNoise: { en: "the noise of a sensor", zh: "感光元件的噪声" },
  JPEG: { en: "saved again with losses", zh: "有损地重新保存" },
  RandomErasing: {
    en: "a box of share scale hidden, with probability p",
    zh: "以概率 p 遮住占面积 scale 的方块",
  },
  RandAugment: { en: "numOps changes of one strength", zh: "numOps 种同样强度的变化" },
  TrivialAugmentWide: { en: "one change of any strength", zh: "一种任意强度的变化" },
};

export function meaningOf(name: string): string {
  return meanings[name]?.[language.value] ?? "";
}
