// What stands on every finding, in the language in use.
import { texts } from "../i18n/language.ts";

export const t = texts(
  { error: "error", warning: "warning", note: "note", tryThis: "Try" },
  { error: "错误", warning: "警告", note: "提示", tryThis: "建议" },
);
