// What the frame around all pages says, in English.
export const en = {
  data: "Data",
  label: "Label",
  model: "Model",
  train: "Train",
  inspect: "Inspect",
  pages: "Pages",
  toContent: "To the content",
  language: "Language",
  theme: "Colours",
  themeSystem: "System",
  themeLight: "Light",
  themeDark: "Dark",
  connectionLost: "The studio does not answer. It may have been closed; this page goes on when it is back.",
  loading: "Loading…",
} as const;
