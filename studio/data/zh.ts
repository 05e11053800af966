// What the page Data says, in Chinese.
import type { en } from "./en.ts";

export const zh: Readonly<Record<keyof typeof en, string>> = {
  data: "数据",
  aboutSet: "图片集",
  views: "图片集的视图",
  pictures: "图片",

  picturesIn: "张图片，",
  classesWord: "个类别",
  parts: "划分",
  drawnParts: "没有划分文件夹：训练时会从每一类按同样比例各抽十分之一作验证和测试。",
  imbalance: "最大类与最小类之比 {ratio} : 1",
  balance: "各类图片数",
  unlabelled: "没有类别",

  search: "按名称搜索",
  class: "类别",
  part: "划分",
  allClasses: "全部类别",
  allParts: "全部划分",
  showAll: "显示全部",
  shown: "显示 {count} 张",
  selected: "已选 {count} 张",
  nothingFits: "没有符合的图片。请显示全部，或放宽条件。",
};
