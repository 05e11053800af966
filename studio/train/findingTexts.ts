// The doctor's findings in Chinese, by the name of their rule. Evidence is numbers, and stays as the doctor gives it.
import type { RuleText } from "../findings/findingCard.tsx";

export const findingsInChinese: Readonly<Record<string, RuleText>> = {
  "no-gradient": {
    title: "有的层得不到梯度",
    why: "没有梯度的权重会一直停在随机初值。它与损失之间的计算图断了，或者途中的单元全都死了。",
    fix: "检查 detach()、读出后又重新包装的值、forward() 漏掉的层、全为 0 的权重和死掉的 ReLU；本就不想训练的层请冻结。",
  },
  "vanishing-gradients": {
    title: "梯度在传到前几层的途中消失",
    why: "每一层都把梯度乘上自己的斜率；斜率小于 1，最先看图片的几层就学不到东西。",
    fix: "用 ReLU 代替 sigmoid 或 tanh，加批归一化，用 He 初始化，加残差连接。",
  },
  "exploding-gradients": {
    title: "梯度爆炸",
    why: "前向的值和反向的梯度都逐层乘上权重；权重大时两者逐层增大，没有哪个步长适合所有层。",
    fix: "用保持方差的初始化（ReLU 用 He），加批归一化；偶发的大梯度用 clip=。",
  },
  "dead-relus": {
    title: "许多 ReLU 死了",
    why: "对所有样本都为 0 的单元没有梯度，也不会恢复：这一层实际变窄了。步子过大或偏置远小于 0 时会这样。",
    fix: "降低学习率或加预热，在激活前归一化，或改用 leakyRelu。",
  },
  "saturated-units": {
    title: "sigmoid 或 tanh 饱和",
    why: "两端的曲线是平的，斜率不到百分之一，这一层和它之前的层几乎学不动。",
    fix: "归一化输入，用更小的初始权重，在激活前加批归一化，或改用 ReLU。",
  },
  leak: {
    title: "验证样本混进了训练样本",
    why: "训练过的图片会被背下来，验证准确率因此偏高，最好的一轮也是据此选的。",
    fix: "按来源划分数据，去掉两边重复的图片；fovea data check 会列出它们。",
  },
  "not-finite": {
    title: "出现 NaN 或无穷大",
    why: "一个这样的数会把碰到的权重都变成 NaN，随后所有答案也是。",
    fix: "降低学习率，裁剪梯度，检查输入和损失里的除法与对数。",
  },
  diverging: {
    title: "损失上升后居高不下",
    why: "越过谷底的步子落在更高的对岸，下一步越得更远，学到的都丢了。",
    fix: "回到较早的检查点，学习率降到三分之一；加预热，或裁剪梯度。",
  },
  "rate-too-high": {
    title: "学习率对这个优化器太高",
    why: "每步应改变权重约千分之一；改变十分之一，几步就把学到的全换掉。",
    fix: "降低学习率，使每步约为权重的千分之一，或加预热。",
  },
  "rate-too-low": {
    title: "学习率对这个优化器太低",
    why: "每步应改变权重约千分之一；只有十万分之一时，要花百倍的时间，或停在原地。",
    fix: "提高学习率；fovea lr-find 能给出建议。",
  },
  "not-learning": {
    title: "什么都没学到",
    why: "答案不比猜好，图片对它没有影响：标签与图片不符、输入都一样、学习率相差太远，或梯度传不到。",
    fix: "用 overfit 看网络能否背下一个批次，再检查标签、输入和学习率。",
  },
  plateau: {
    title: "十几轮没有进步",
    why: "准确率随机起伏说明到了平台：这个学习率下每一步只是在谷里跳来跳去。",
    fix: "降低学习率（例如 cosine），或就此结束；patience= 会自动结束。想更好，请改数据或网络。",
  },
  overfitting: {
    title: "把训练图片背下来了",
    why: "从此以后，网络学的是这些图片各自的特点，对别的图片没有帮助。",
    fix: "做数据增强，多收集图片，用 dropout、权重衰减或更小的网络，或从预训练权重开始；patience= 会及时结束。",
  },
  "flat-answers": {
    title: "答对了，却没有把握",
    why: "十次对九次的网络应当对答案有把握。概率一直很平，多半是损失之前又加了 softmax 或 sigmoid。",
    fix: "让网络输出 logits，把 softmax 留给损失；fovea review 会指出是哪一层。",
  },
  "label-errors": {
    title: "看来有标签是错的",
    why: "很少出错的网络很少错得很有把握；若多数错误都很有把握，错的就是标签，训练标签的来源也相同。",
    fix: "看看报告里最严重的错误；fovea data labels 会检查全部图片。",
  },
  underfitting: {
    title: "网络对这些数据太弱",
    why: "训练图片也没学会，加数据或正则化没有用：网络太小、限制太多，或训练得不够久。",
    fix: "增加通道或层，减少 dropout、增强和权重衰减，多训练几轮，或提高学习率。",
  },
  "cannot-overfit": {
    title: "连一个批次也背不下来",
    why: "任何网络都能背下几十个样本，所以问题在网络、损失、标签，或学习率相差太远。",
    fix: "检查网络的输出和损失是否相配，标签是否正确，再换学习率。",
  },
  "validation-at-chance": {
    title: "训练图片认识，验证图片全靠猜",
    why: "学到的东西总该对同类图片有点帮助。毫无帮助，说明验证图片处理方式不同、标签顺序不同，或标签与图片无关。",
    fix: "比较训练与验证的预处理和类别顺序，并检查标签。",
  },
  "class-never-predicted": {
    title: "有一类从不被预测",
    why: "稀少、缺失或混在别的标签里的类别，忽略它几乎不影响准确率。",
    fix: "用 fovea data check 数一数各类；多抽少见的类，多收集，或给损失加权。",
  },
  "initial-loss": {
    title: "最初的损失远高于随机猜测",
    why: "还没学习的网络应当认为各类差不多可能，损失为 ln(类别数)。更高说明 logits 太大，前几轮都用来纠正它。",
    fix: "归一化输入，最后一层用小的初始权重，并确认损失是批次的平均值。",
  },
  "input-scale": {
    title: "输入没有归一化",
    why: "初始权重和学习率是为均值约 0、标准差约 1 的输入准备的。太大会撑爆第一层的梯度，太平则没有信息。",
    fix: "把字节变成 0 … 1，并以 Normalize 结束变换；pictureStatistics 可以测量均值和标准差。",
  },
};
