// The findings of a data check in Chinese, by kind. What was seen of single pictures is numbers, and stays as the check gives it.
import type { FindingId } from "../../src/entry/data.ts";

/** What is true of all findings of a kind. */
export interface FindingText {
  readonly title: string;
  readonly rule: string;
  readonly why: string;
  readonly fix: string;
}

export const findingsInChinese: Readonly<Record<FindingId, FindingText>> = {
  "empty-file": {
    title: "空文件",
    rule: "文件没有任何字节",
    why: "训练读不了它们，会中断或把它们略去。",
    fix: "从原处重新复制，或删除。",
  },
  damaged: {
    title: "损坏的文件",
    rule: "内容无法解码：被截断、损坏、超过一亿像素，或不是图片",
    why: "训练读不了它们，会中断或把它们略去。",
    fix: "从原处重新复制，或删除。",
  },
  unsupported: {
    title: "读不了的格式",
    rule: "内容是已知格式，但没有解码器，不论文件名怎么写",
    why: "训练读不了它们，会中断或把它们略去。",
    fix: "转换成 PNG 或 JPEG。",
  },
  "missing-file": {
    title: "表里有、文件夹里没有",
    rule: "标签表写了文件夹里没有的文件",
    why: "只要表里写的比实际多，这个文件夹就不能用来训练。",
    fix: "补上文件，或从表中删去这些行。",
  },
  "empty-class": {
    title: "没有图片的类别",
    rule: "类别文件夹里没有图片",
    why: "网络学不会从没见过的类别。",
    fix: "添加图片，或删除文件夹。",
  },
  "class-not-in-training": {
    title: "训练集里没有的类别",
    rule: "某类在 val 或 test 里有图片，在 train 里没有文件夹",
    why: "只拿来测试的类别，网络学不会。",
    fix: "为它添加训练图片，或改正写错的文件夹名。",
  },
  "label-conflict": {
    title: "同一张图片，两个类别",
    rule: "相同或几乎相同的图片在不同的类别里",
    why: "其中一个标签是错的，网络无论怎么答都要受罚。",
    fix: "只在正确的类别里保留一张，其余删除。",
  },
  leakage: {
    title: "同一张图片在两个划分里",
    rule: "相同或几乎相同的图片在不同的划分里",
    why: "背下来的会被当成认出来的，val 或 test 的准确率因此虚高。",
    fix: "只在一个划分里保留；test 不动，从别处删除。",
  },
  misnamed: {
    title: "文件名与格式不符",
    rule: "内容是一种格式，文件名的结尾是另一种",
    why: "这里按内容读取，别的程序可能拒绝。",
    fix: "改名，或转换成文件名所说的格式。",
  },
  "broken-link": {
    title: "失效的链接",
    rule: "链接没有目标，或指向它所在的文件夹",
    why: "它们代表的图片会悄无声息地缺失。",
    fix: "恢复链接的目标，或删除链接。",
  },
  "beside-classes": {
    title: "类别之外的图片和文件夹",
    rule: "图片不在任何类别文件夹里，或文件夹与 train、val、test 并列",
    why: "它们不属于任何类别或划分，会被略去。",
    fix: "移到某个划分的类别文件夹里，或移出数据集。",
  },
  "class-missing-in-part": {
    title: "val 或 test 缺少的类别",
    rule: "训练集的某类在另一个划分里没有图片",
    why: "网络对这一类掌握得如何，永远测不出来。",
    fix: "把它的一部分训练图片移到那个划分。",
  },
  "class-imbalance": {
    title: "类别不均衡",
    rule: "训练集最大的类至少是最小的类的 5 倍",
    why: "拿不准时答大类更划算，网络会因此忽视小类。",
    fix: "多收集小类，或按类别给损失加权，并分别查看各类的准确率。",
  },
  "tiny-class": {
    title: "图片太少的类别",
    rule: "某类在训练集里不足 10 张",
    why: "这么少的图片只会被背下来，看不出它们的共同点。",
    fix: "为这些类多收集图片，或并入相近的类别。",
  },
  duplicate: {
    title: "相同的图片",
    rule: "字节或像素相同的文件在同一类、同一划分里",
    why: "它们会被重复计数；随机划分时会落到两边。",
    fix: "各留一张。",
  },
  "near-duplicate": {
    title: "几乎相同的图片",
    rule: "同一类、同一划分里的图片，经旋转、镜像、光线变化和轻微裁剪后一致：边缘相关系数至少 0.92",
    why: "它们会被重复计数；随机划分时会落到两边。",
    fix: "各留最好的一张；旋转和镜像的副本，数据增强本来就会产生。",
  },
  blank: {
    title: "空白的图片",
    rule: "亮度的标准差不到 3 级（共 255 级）",
    why: "上面没有可学的东西，标签却照样计入。",
    fix: "删除。",
  },
  dark: {
    title: "几乎全黑的图片",
    rule: "99% 的像素暗于 64 级（共 255 级）",
    why: "主体与噪声难以分辨。",
    fix: "删除，或在更好的光线下重拍。",
  },
  "over-exposed": {
    title: "过曝的图片",
    rule: "99% 的像素亮于 192 级（共 255 级）",
    why: "感光元件已饱和，主体什么也没留下。",
    fix: "删除，或减少光线重拍。",
  },
  "brightness-by-class": {
    title: "凭亮度就能认出的类别",
    rule: "只看平均亮度，就能在至少 95% 的情况下把一类与其余区分开",
    why: "网络会走捷径：学到的可能是当天的光线，而不是主体。",
    fix: "让每一类都在同样的几种光线下拍摄，或用较强的 ColorJitter 训练。",
  },
  "brightness-by-part": {
    title: "光线不同的划分",
    rule: "某个划分的平均亮度偏离训练集超过 0.5 个标准差",
    why: "两部分看到的不是同一个世界，验证结果说明不了训练。",
    fix: "从同一批图片里随机划分，或用 ColorJitter 训练。",
  },
  "tiny-picture": {
    title: "很小的图片",
    rule: "短边不足 8 像素，或不足 32 像素且不到中位数的一半",
    why: "放大到网络的输入尺寸后是一团模糊；常常是混进来的缩略图或图标。",
    fix: "换成原图，或删除。",
  },
  "extreme-aspect": {
    title: "很长的图片",
    rule: "长边超过短边的 4 倍",
    why: "放进正方形里只剩细细一条；裁剪则丢掉大部分。",
    fix: "裁剪到主体。",
  },
  "mixed-sizes": {
    title: "尺寸相差很大的图片",
    rule: "短边的第 95 百分位超过第 5 百分位的 2 倍",
    why: "送进网络前会变成同一尺寸，有的被放大，有的丢失细节。",
    fix: "把 imgsz 选得接近较小的图片；文件不必改动。",
  },
  "huge-picture": {
    title: "很大的图片",
    rule: "超过 2000 万像素",
    why: "每一轮的大部分时间都花在读取它们上。",
    fix: "另存为约两倍于网络输入尺寸的副本，用副本训练。",
  },
  "mixed-colour": {
    title: "彩色里混有灰度",
    rule: "灰度和彩色图片都有；列出较少的一种",
    why: "如果集中在某一类，缺少颜色就会泄露答案。",
    fix: "看看它们是否集中在某一类；RandomGrayscale 可以弥补。",
  },
  "exif-turned": {
    title: "由 EXIF 旋转的图片",
    rule: "方向标记不是 1",
    why: "这里会转正；忽略这个标记的程序看到的是横躺的图片。",
    fix: "用 Fovea 训练不必处理；如果别的程序也要读，请转正后保存。",
  },
  alpha: {
    title: "透明的图片",
    rule: "有像素不是完全不透明",
    why: "透明处会变成白色，网络将来遇到的背景未必如此。",
    fix: "把它们放到预期的背景上。",
  },
  "not-a-picture": {
    title: "文件名不是图片的文件",
    rule: "类别文件夹里的文件没有图片的扩展名",
    why: "它们会被略去；扩展名写错的图片也会。",
    fix: "是图片的请改名，其余无害。",
  },
  hidden: {
    title: "隐藏的文件和文件夹",
    rule: "名称以点开头",
    why: "它们会被略去，也不算类别。",
    fix: "不必处理，除非图片误放在里面。",
  },
};
