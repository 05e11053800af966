// All layers.
export { LogSoftmax, ReLU, Sigmoid, Softmax, Tanh } from "./activation.ts";
export { Identity, Sequential } from "./container.ts";
export { Conv2d, type Conv2dOptions } from "./conv.ts";
export { Dropout } from "./dropout.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { CrossEntropyLoss, MSELoss } from "./loss.ts";
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from "./norm.ts";
export { AdaptiveAvgPool2d, AvgPool2d, MaxPool2d } from "./pool.ts";
export { Flatten } from "./shape.ts";
