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
};
