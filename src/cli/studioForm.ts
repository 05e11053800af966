// The options of `fovea train` as the fields of a form, in both languages of the studio.
import type { FormField } from "../studio/shared/protocol.ts";
import type { Option } from "./options.ts";
import { trainOptions } from "./trainOptions.ts";

/** Options that are not for a form: the studio sets them, or they keep nothing that it could show. */
type Unasked = "project" | "exist-ok" | "dry-run" | "resume" | "studio" | "json";
type Asked = Exclude<keyof typeof trainOptions, Unasked>;

/** What an option does, in Chinese; English is the option's own help. */
const chinese: Readonly<Record<Asked, string>> = {
  data: "数据集名称，或按类别分文件夹的图片目录",
  model: "网络；默认 lenet，图片目录默认 resnet20",
  weights: "从哪些权重开始，连同其网络和图片形式；类别不同时换新的输出层",
  epochs: "训练数据过几遍",
  batch: "每一步的图片数；auto 取内存允许的最大 2 的幂，最多 256",
  optimizer: "优化器；auto 为 adamw，权重衰减 0.05",
  lr0: "初始学习率；默认随优化器而定",
  lrf: "最终学习率占初始学习率的比例",
  schedule: "学习率从初始到最终的变化方式",
  warmup: "学习率预热的轮数，可以是小数",
  momentum: "sgd 保留上一步方向的比例",
  weightDecay: "L2 惩罚；对 adamw、lion、muon 为权重衰减",
  imgsz: "网络看到的图片边长（像素）；图片目录默认 64",
  channels: "1 为灰度，3 为彩色；auto 对图片目录取 3",
  augment: "数据增强方案名，或变换文件；图片目录默认 standard",
  mixup: "MixUp 的 Beta 分布参数，0 为不用",
  cutmix: "CutMix 的 Beta 分布参数，0 为不用",
  workers: "读取图片的线程数",
  patience: "准确率多少轮不提高就结束；默认跑完全部轮数",
  ema: "权重滑动平均的衰减，例如 0.999",
  clip: "全部梯度的最大范数，超过则缩小",
  accumulate: "多少批的梯度合成一步",
  "max-steps": "最多多少步",
  "max-seconds": "最多多少秒",
  "save-steps": "每隔多少步另存检查点；默认每轮末存一次",
  overfit: "把一个批次背下来，看网络到底能不能学",
  seed: "随机种子：种子相同，结果逐位相同",
  memory: "batch=auto 可用的内存",
  limit: "只用这么多图片，用来试跑",
  name: "这次训练的文件夹名；已存在则加编号",
  doctor: "监视各层、曲线和答案，指出问题",
  heal: "发散时退回并降低学习率，停滞时结束",
  report: "结束时生成报告和图表",
  device: "在哪里计算；auto 取最快的",
  threads: "wasm 的线程数；默认每核一个，最多 8",
  strict: "在所有机器上结果逐位相同",
  revectorize: "让 V8 合并向量（实验性）：更快，结果不变",
};

const basic: ReadonlySet<string> = new Set<Asked>([
  "data",
  "model",
  "epochs",
  "batch",
  "optimizer",
  "lr0",
  "schedule",
  "augment",
  "limit",
  "name",
  "heal",
]);

/** The fields, in the order of the options. */
export const trainForm: readonly FormField[] = Object.entries(chinese).map(([name, zh]) => {
  const option: Option<unknown> = trainOptions[name as Asked];
  const { placeholder, fallback, help } = option;
  const kind = kindOf(option);
  return {
    name,
    kind,
    choices: kind === "choice" ? placeholder.split("|") : [],
    fallback: fallback === null ? "" : String(fallback),
    placeholder,
    help: { en: help, zh },
    isBasic: basic.has(name),
  };
});

function kindOf({ placeholder, numbers }: Option<unknown>): FormField["kind"] {
  if (placeholder === "" || placeholder === "true|false") return "yes";
  if (numbers !== undefined && !placeholder.includes("|")) return "number";
  return /^[^<]+\|/.test(placeholder) ? "choice" : "text";
}
