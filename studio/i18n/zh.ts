// What the frame around all pages says, in Chinese.
import type { en } from "./en.ts";

export const zh: Readonly<Record<keyof typeof en, string>> = {
  data: "数据",
  label: "标注",
  model: "模型",
  train: "训练",
  inspect: "观察",
  pages: "页面",
  toContent: "跳到内容",
  language: "语言",
  theme: "配色",
  themeSystem: "跟随系统",
  themeLight: "浅色",
  themeDark: "深色",
  connectionLost: "Studio 没有应答，可能已经关闭；它回来后本页会自动继续。",
  loading: "载入中…",
};
