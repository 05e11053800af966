// The public face of explanations: what a trained network has learned, and what its answers rest on.
export {
  type Activation,
  type ActivationOptions,
  activations,
  type ModuleCall,
} from "./activations.ts";
export { type GradCam, type GradCamOptions, gradCam } from "./gradCam.ts";
export {
  type IntegratedGradients,
  type IntegratedGradientsOptions,
  integratedGradients,
} from "./integratedGradients.ts";
export { type Occlusion, type OcclusionOptions, occlusion, type PatchExtent } from "./occlusion.ts";
export {
  type Saliency,
  type SaliencyOptions,
  type SmoothGradOptions,
  saliency,
  smoothGrad,
} from "./saliency.ts";
export type { Explained, Target } from "./target.ts";
export type { WorkOptions, WorkProgress } from "./turns.ts";
