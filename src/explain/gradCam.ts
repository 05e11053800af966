// Where in the picture a class was seen, by the maps of one layer, weighted by how much the score answers to each.
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import { interpolate } from "../nn/functional/interpolate.ts";
import type { Module } from "../nn/module/module.ts";
import { inEvaluation, partAt, watchCalls } from "../nn/module/watch.ts";
import { where } from "../ops/binary.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkPictures, type Explained, scoreGradient, type Target } from "./target.ts";

/** Options of `gradCam`. */
export interface GradCamOptions {
  /** Dotted path of the layer whose maps are weighted. Default: the last that gives a map of more than one place and is not larger than what it takes. */
  layer?: string;
  /** The class that is explained, or one for each sample. Default: the likeliest. */
  target?: Target;
  /** How maps are weighted: by the mean of their gradient (default), or as Grad-CAM++ does. */
  weights?: "mean" | "plusplus";
}

/** What `gradCam` found. */
export interface GradCam extends Explained {
  /** Dotted path of the layer. */
  readonly layer: string;
  /** `[N, H, W]`, of the input's size: at least 0, in units of the score, not scaled to 1. All 0 where nothing speaks for the class. */
  readonly map: Tensor;
  /** The same as it is computed, in the layer's own size `[N, h, w]`. */
  readonly coarse: Tensor;
}

/**
 * Grad-CAM: with A the maps of a layer and S the score of a class, `map = relu(Σ_k α_k A_k)` with `α_k = mean over places of ∂S/∂A_k`,
 * drawn to the input's size bilinearly (edges of pixels as areas, as PyTorch's `interpolate` does without alignCorners). It shows coarsely where the
 * layer found what speaks for the class; what speaks against it is cut off, and the layer's step is the least that it can tell apart.
 * With `weights: "plusplus"` (Grad-CAM++) `α_k = Σ_places g² / (2g² + g³ Σ A_k) · relu(g)` with g = ∂S/∂A_k, which gives several objects of one class a more even share.
 * Shapes: input `[N, C, H, W]`, maps of the layer `[N, k, h, w]`, map `[N, H, W]`. Of a layer that is called several times the last call counts.
 * The model is called in evaluation mode, and neither it nor its gradients are changed. Throws OptionError for a layer or class that
 * there is not, ShapeError for inputs that are no pictures and models that give no `[N, classes]`.
 * Source: Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV 2017;
 * Chattopadhay et al., "Grad-CAM++: generalized gradient-based visual explanations", WACV 2018.
 */
export function gradCam(model: Module, input: Tensor, options: GradCamOptions = {}): GradCam {
  checkOptions("gradCam", options, ["layer", "target", "weights"]);
  const { weights: rule = "mean" } = options;
  if (rule !== "mean" && rule !== "plusplus") {
    throw new OptionError(`gradCam: weights must be "mean" or "plusplus"; got ${JSON.stringify(rule)}`);
  }
  checkPictures("gradCam", input);
  const layer = options.layer ?? lastMap(model, input);
  const { outputs, maps } = cutAt(model, input, layer);
  const { targets, scores, gradient } = scoreGradient("gradCam", outputs, maps, options.target);
  const [samples, , height, width] = input.shape as [number, number, number, number];
  const values = maps.detach();
  const weights = rule === "mean" ? gradient.mean([2, 3], { keepdim: true }) : plusPlus(values, gradient); // [N, k, 1, 1]
  const coarse = values.mul(weights).sum(1, { keepdim: true }).relu(); // [N, 1, h, w]
  const map = interpolate(coarse, { size: [height, width], mode: "bilinear" });
  const [, , rows, columns] = coarse.shape as [number, number, number, number];
  return {
    layer,
    targets,
    scores,
    map: map.reshape([samples, height, width]).realize(),
    coarse: coarse.reshape([samples, rows, columns]).realize(),
  };
}

/** Grad-CAM++'s weights; where there is no gradient there is no weight. */
function plusPlus(maps: Tensor, gradient: Tensor): Tensor {
  const square = gradient.square();
  const total = maps.sum([2, 3], { keepdim: true });
  const below = square.mul(2).add(square.mul(gradient).mul(total));
  const share = where(below.eq(0), 0, square.div(where(below.eq(0), 1, below)));
  return share.mul(gradient.relu()).sum([2, 3], { keepdim: true });
}

/** A forward pass that is cut at a layer: what comes after it is computed from `maps`, a leaf with the layer's values. */
function cutAt(model: Module, input: Tensor, layer: string): { outputs: Tensor; maps: Tensor } {
  const part = partAt("gradCam", model, layer);
  let maps: Tensor | null = null;
  let last: unknown = null;
  const end = watchCalls(model, (call, body) => {
    if (call.part !== part) return body();
    last = noGrad(body);
    if (!(last instanceof Tensor) || last.rank !== 4) return last;
    maps = last.detach();
    maps.requiresGrad = true;
    return maps;
  });
  let outputs: Tensor;
  try {
    outputs = inEvaluation(model, () => model.forward(input.detach()));
  } finally {
    end();
  }
  if (maps) return { outputs, maps };
  throw new OptionError(
    last === null
      ? `gradCam: forward() of ${model.constructor.name} does not call "${layer}"`
      : `gradCam: layer "${layer}" gives no maps [N, k, h, w]; choose a convolution or a block of them, or leave layer out`,
  );
}

/** The path of the last layer that gives a map. Only the graph of the pass is built; nothing is computed. */
function lastMap(model: Module, input: Tensor): string {
  let found: string | null = null;
  const end = watchCalls(model, ({ path, inputs: [from] }, body) => {
    const result = body();
    if (path === "" || !(result instanceof Tensor)) return result;
    const places = placesOf(result.shape);
    // What is larger than it came in says nothing more of where.
    if (places > 1 && !(from instanceof Tensor && placesOf(from.shape) < places)) found = path;
    return result;
  });
  try {
    noGrad(() => inEvaluation(model, () => model.forward(input.detach())));
  } finally {
    end();
  }
  if (found !== null) return found;
  throw new OptionError(
    `gradCam: no layer of ${model.constructor.name} gives a map [N, k, h, w] of more than one place; saliency() needs none`,
  );
}

/** Places of a map `[N, k, h, w]`; 0 for other shapes. */
function placesOf(shape: Shape): number {
  return shape.length === 4 ? shape[2]! * shape[3]! : 0;
}
