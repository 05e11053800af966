// What sets of pictures say on every page, in Chinese.
import type { en } from "./en.ts";

export const zh: Readonly<Record<keyof typeof en, string>> = {
  set: "图片集",
  folder: "文件夹",
  known: "公开数据集",
  setLine: "{name} · {count} 张图片",
  loading: "载入中…",
  noPictures: "还没有图片。请在图片文件夹上打开：fovea studio photos，或 fovea studio data=photos。",
  unreadable: "无法读取",
  number: "第 {number} 号",
  noClass: "没有类别",
  viewer: "图片",
  previous: "上一张",
  next: "下一张",
  close: "关闭",
  place: "第 {at} 张，共 {count} 张",
  class: "类别",
  part: "划分",
  size: "尺寸",
};
