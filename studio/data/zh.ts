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
  drawnParts: "没有文件夹的划分由训练抽取：从每一类按同样比例各抽十分之一。",
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

  check: "检查",
  startCheck: "检查图片集",
  checkAgain: "再次检查",
  checkHint:
    "把每张图片读一遍，指出会影响训练的问题：损坏的文件、重复、错误的标签、光线不好。不会改动任何文件。",
  checking: "检查进度",
  checked: "{done} / {total} 张",
  cancel: "取消",
  read: "{pictures} 张图片中有 {readable} 张可以读取",
  readOneSize: "{pictures} 张图片中有 {readable} 张可以读取，都是 {size} 像素",
  readSizes: "{pictures} 张图片中有 {readable} 张可以读取，从 {small} 到 {large} 像素",
  nothingFound: "没有发现会影响训练的问题。",
  findings: "发现",
  error: "错误",
  warning: "警告",
  note: "提示",
  rule: "判断依据：{rule}。",
  showInGrid: "在网格中显示这 {count} 张图片",
  moreCases: "再显示 {count} 个",
  morePictures: "另有 {count} 张",
  number: "第 {number} 号",
  anyFinding: "不论有无发现",
  withFinding: "有发现的（{count}）",

  augmentation: "数据增强",
};
