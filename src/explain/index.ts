// The public face of explanations: what a trained network has learned, and what its answers rest on.
export {
  type Activation,
  type ActivationOptions,
  activations,
  type ModuleCall,
} from "./activations.ts";
export type { Box, UnitField } from "./box.ts";
export { features } from "./features.ts";
export { type GradCam, type GradCamOptions, gradCam } from "./gradCam.ts";
export {
  type IntegratedGradients,
  type IntegratedGradientsOptions,
  integratedGradients,
} from "./integratedGradients.ts";
export type { Place } from "./layerOutput.ts";
export { type Maximised, type MaximiseOptions, maximise } from "./maximise.ts";
export { type Occlusion, type OcclusionOptions, occlusion, type PatchExtent } from "./occlusion.ts";
export type { Rows } from "./projection/matrix.ts";
export { type PrincipalComponents, principalComponents } from "./projection/principalComponents.ts";
export { Tsne, type TsneMap, type TsneOptions, tsne } from "./projection/tsne.ts";
export {
  type Saliency,
  type SaliencyOptions,
  type SmoothGradOptions,
  saliency,
  smoothGrad,
} from "./saliency.ts";
export type { Explained, Target } from "./target.ts";
export { type PictureBatches, type TopPatch, type TopPatchesOptions, topPatches } from "./topPatches.ts";
export { type UnitView, type UnitViewOptions, unitView } from "./unitView.ts";
export type { WorkOptions, WorkProgress } from "./work/turns.ts";
