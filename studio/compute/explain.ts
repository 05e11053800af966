// Explanations in the compute worker, of the last picture that was run.
import { gradCam, occlusion } from "../../src/entry/explain.ts";
import type { Context } from "./handlers.ts";
import { lastOf, type OpenModel } from "./openModel.ts";
import type { Ask, Explanation } from "./protocol.ts";
import { copyOfFirst } from "./values.ts";

/** Where in the picture a layer found what speaks for a class. */
export function gradCamOf(model: OpenModel, { layer, target }: Ask<"gradCam">): Explanation {
  const found = gradCam(model.network, lastOf(model).input, {
    ...(layer !== "" && { layer }),
    ...(target !== null && { target }),
  });
  return { kind: "gradCam", target: found.targets[0]!, layer: found.layer, map: copyOfFirst(found.map) };
}

/** How far the probability of a class drops where the picture is covered. */
export async function occlusionOf(
  model: OpenModel,
  { target, size, stride }: Ask<"occlusion">,
  { signal, onProgress }: Context,
): Promise<Explanation> {
  const found = await occlusion(model.network, lastOf(model).input, {
    ...(target !== null && { target }),
    ...(size !== null && { size }),
    ...(stride !== null && { stride }),
    signal,
    onProgress: ({ done, total }) => onProgress(done / total),
  });
  return {
    kind: "occlusion",
    target: found.targets[0]!,
    size: found.size[0],
    stride: found.stride[0],
    map: copyOfFirst(found.map),
  };
}
