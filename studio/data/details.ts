// What a check has seen of single pictures, in Chinese: its sentences are made of few parts. The words of decoders stay as they are.
import type { FindingId } from "../../src/entry/data.ts";

type Rule = readonly [seen: RegExp, said: string];

/** How pictures are the same. */
const manners: readonly Rule[] = [
  [/equal files/, "文件相同"],
  [/equal pixels/, "像素相同"],
  [/edges correlate by ([\d.]+)/, "边缘相关系数 $1"],
  [/turned and mirrored/, "旋转并镜像"],
  [/mirrored top to bottom/, "上下镜像"],
  [/upside down/, "上下颠倒"],
  [/turned by 90°/, "旋转 90°"],
  [/mirrored/, "镜像"],
  [/, /g, "，"],
];
const size: Rule = [/(\d+ × \d+) pixels/, "$1 像素"];

const rules: Readonly<Partial<Record<FindingId, readonly Rule[]>>> = {
  "empty-file": [[/^the file is empty$/, "文件是空的"]],
  "empty-class": [[/^no picture inside$/, "里面没有图片"]],
  "class-not-in-training": [
    [/^(.+): (\d+) pictures? in (\w+), none in train$/s, "$1：$3 里有 $2 张，train 里没有"],
  ],
  "missing-file": [[/^line (\d+): (.+) is not there$/s, "第 $1 行：没有 $2"]],
  "label-conflict": [[/^in (.+); (?=equal|edges)/s, "在 $1；"], ...manners],
  leakage: [[/^in (.+); (?=equal|edges)/s, "在 $1；"], [/ and /g, " 和 "], ...manners],
  duplicate: manners,
  "near-duplicate": manners,
  misnamed: [[/^the content is /, "内容是 "]],
  "exif-turned": [[/^orientation /, "方向标记 "]],
  alpha: [[/^has transparent pixels$/, "有透明像素"]],
  hidden: [[/^hidden$/, "隐藏"]],
  "not-a-picture": [
    [/^no picture by its name$/, "文件名不是图片"],
    [/^no file$/, "不是文件"],
  ],
  "broken-link": [[/^broken link$/, "失效的链接"]],
  "beside-classes": [[/^beside the classes$/, "在类别之外"]],
  "class-missing-in-part": [[/^(.+): none in (\w+), (\d+) in train$/s, "$1：$2 里没有，train 里有 $3 张"]],
  "class-imbalance": [[/^(.+) has (\d+), (.+) (\d+): ([\d.]+) to 1$/s, "$1 有 $2 张，$3 有 $4 张：$5 比 1"]],
  "tiny-picture": [size, [/; the median of the shorter sides is /, "；短边的中位数是 "]],
  "extreme-aspect": [size, [/: ([\d.]+) to 1$/, "：$1 比 1"]],
  "huge-picture": [size, [/: ([\d.]+) million$/, "：$1 百万"]],
  "mixed-sizes": [
    [
      /^shorter sides of (\d+) to (\d+) pixels \(5th to 95th percentile\), median (\d+)$/,
      "短边从 $1 到 $2 像素（第 5 到第 95 百分位），中位数 $3",
    ],
  ],
  blank: [[/^level (\d+) everywhere, deviation ([\d.]+)$/, "处处都是 $1 级，标准差 $2"]],
  dark: [[/^99% of the pixels up to level (\d+)$/, "99% 的像素不超过 $1 级"]],
  "over-exposed": [[/^99% of the pixels from level (\d+) on$/, "99% 的像素不低于 $1 级"]],
  "mixed-colour": [
    [/^grey, as ([\d.]+%) of the set$/, "灰度，占全部的 $1"],
    [/^coloured, as ([\d.]+%) of the set$/, "彩色，占全部的 $1"],
  ],
  "brightness-by-class": [
    [/^(.+) is darker than level (\d+): right in ([\d.]+%) of cases$/s, "$1 暗于 $2 级：$3 的情况下正确"],
    [/^(.+) is brighter than level (\d+): right in ([\d.]+%) of cases$/s, "$1 亮于 $2 级：$3 的情况下正确"],
  ],
  "brightness-by-part": [
    [
      /^mean level (\d+) in (\w+), (\d+) in train: ([\d.]+) deviations apart$/,
      "$2 的平均亮度 $1 级，train 的 $3 级：相差 $4 个标准差",
    ],
  ],
};

/** What was seen, as far as it is known in Chinese. */
export function detailInChinese(id: FindingId, detail: string): string {
  return (rules[id] ?? []).reduce((text, [seen, said]) => text.replace(seen, said), detail);
}
