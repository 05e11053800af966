// The findings of the review in Chinese, by the name of their rule. Evidence is numbers, and stays as the review gives it.
import type { RuleText } from "../findings/findingCard.tsx";

export const designInChinese: Readonly<Record<string, RuleText>> = {
  "deep-without-residuals": {
    title: "很深，却没有捷径",
    why: "梯度往回走时要乘上每一层，又深又直的网络连训练误差都比浅的高。有了捷径，一个模块最差也只是恒等映射。",
    fix: "每两三层把输入加到结果上（fovea/vision 的 BasicBlock、Bottleneck）。",
  },
  "no-normalization": {
    title: "很深，却没有归一化",
    why: "没有归一化，数值会逐层变大或变小，初始权重和学习率都得小心选择。",
    fix: "每个卷积后放 BatchNorm2d（批小于 8 用 GroupNorm），它前面的卷积用 bias: false。",
  },
  "saturating-hidden": {
    title: "隐藏层用了会饱和的激活函数",
    why: "和很大时它们的斜率趋于 0，sigmoid 的斜率从不超过 ¼，传到前几层的梯度所剩无几。",
    fix: "隐藏层用 ReLU 或它的同类；sigmoid 留给输出和门。",
  },
  "channels-do-not-grow": {
    title: "通道数不增加",
    why: "每次减半只剩四分之一的数，网络还没用上看到的东西就忘了。",
    fix: "特征图每减半一次，通道数就加倍：32、64、128。",
  },
  "receptive-field-too-small": {
    title: "感受野太小",
    why: "一个单元只凭感受野里的内容判断；从不落在同一个感受野里的部分，无法知道它们属于一体。",
    fix: "尽早加步幅或池化，多加 3×3 层，或用扩张，直到感受野盖住要识别的东西。",
  },
  "receptive-field-too-large": {
    title: "感受野大得过头",
    why: "单元看到的大多是图片外的填充。这个网络是为更大的图片设计的，把这些图片缩得几乎什么都不剩。",
    fix: "用适合小图片的网络，去掉开头的步幅和池化，或用更大的图片。",
  },
  "average-pool-early": {
    title: "特征之间用了平均池化",
    why: "平均会把在一处找到的特征和周围混在一起，取最大值则会保留它。",
    fix: "这里用最大池化或步幅为 2 的卷积，平均留给末端。",
  },
  "max-pool-at-head": {
    title: "末端用了全局最大池化",
    why: "每张特征图只有一个位置有梯度，一个离群值就能决定结果；平均则听取所有位置。",
    fix: "用 AdaptiveAvgPool2d(1)。",
  },
  "softmax-before-cross-entropy": {
    title: "交叉熵之前又做了 softmax",
    why: "交叉熵自己会做 softmax。做两次会把概率挤到一起，梯度变小，损失居高不下。",
    fix: "返回 logits，需要显示概率时再做 softmax。",
  },
  "loss-does-not-fit": {
    title: "损失与输出不相配",
    why: "损失把输入当作 logits、概率或对数概率，它无法知道拿到的是哪一种。",
    fix: "给每种损失它要的：crossEntropy 和 binaryCrossEntropyWithLogits 要 logits，nllLoss 要 log-softmax，binaryCrossEntropy 要 sigmoid。",
  },
  "head-width": {
    title: "输出个数不对",
    why: "标签没有对应的输出，损失就是 NaN；输出没有对应的标签，只会学到永远不对。",
    fix: "最后一层的输出个数要等于类别数。",
  },
  "dense-holds-most": {
    title: "一个全连接层占了大部分参数",
    why: "它对特征图的每个位置都有单独的权重：容易过拟合，占内存，还固定了图片大小。",
    fix: "在 Flatten 前放 AdaptiveAvgPool2d(1)，全连接层每个通道只取一个值。",
  },
  "more-parameters-than-samples": {
    title: "参数远多于样本",
    why: "这样的网络能把每张训练图片背下来，对别的图片说明不了什么。",
    fix: "用更小的网络，更多或增强的数据，或冻结大部分层的预训练权重；注意验证损失。",
  },
  "large-kernel": {
    title: "卷积核太大",
    why: "几个 3×3 叠起来能看到同样大的范围，权重更少，每一步还多一个激活函数。",
    fix: "叠几个 3×3 卷积，每个后面加激活函数。",
  },
  "even-kernel": {
    title: "卷积核大小是偶数",
    why: "它没有中心：没有哪种对称填充能保持特征图大小，每一层还会把图移动半个像素。",
    fix: "用奇数的核，例如 3×3，填充 1。",
  },
  "skipped-pixels": {
    title: "步幅跳过了像素",
    why: "窗口之间的像素到不了任何地方，为它们做的计算都丢掉了。",
    fix: "核至少与步幅一样大，通常是 3×3、步幅 2。",
  },
  "map-smaller-than-kernel": {
    title: "特征图比卷积核还小",
    why: "只碰到零的权重什么也学不到，代价却和其他权重一样。",
    fix: "途中少缩小一些（去掉一个步幅或池化），用更大的图片，或这里用 1×1。",
  },
  "one-by-one-saves": {
    title: "用 1×1 瓶颈可以节省",
    why: "先用 1×1 减少通道，再做 3×3，之后再用 1×1 恢复，感受野不变，代价只是一小部分。",
    fix: "在残差块里，前面用 1×1 降到四分之一的通道，后面用 1×1 恢复（fovea/vision 的 Bottleneck）。",
  },
  "linear-linear": {
    title: "两个线性层紧挨着",
    why: "两个线性映射相连还是一个线性映射：第二层多了权重和计算，学不到一层学不到的东西。",
    fix: "在中间放激活函数，例如 ReLU，或去掉其中一层。",
  },
  "bias-before-batch-norm": {
    title: "批归一化之前有偏置",
    why: "归一化减去均值时把偏置也减掉了，而且它自己就有偏置。",
    fix: "这一层用 bias: false。",
  },
  "dropout-before-batch-norm": {
    title: "批归一化之前有 dropout",
    why: "dropout 在训练时改变方差，评估时不会，而运行方差是带着它学的：评估时的归一化就错了。",
    fix: "把 dropout 移到最后一个批归一化之后，通常在最后的全连接层之前。",
  },
  "layer-not-called": {
    title: "有的层没有被调用",
    why: "它的权重会被保存和计数，却从不训练；多半是 forward() 里漏了一行。",
    fix: "在 forward() 里调用它，或把它去掉；只在训练时用的输出头可以保留。",
  },
};
