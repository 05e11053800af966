// The public face of inspection: what a model is made of, and what its layers see, without running it.
export type { PictureAxis } from "./extents.ts";
export type { InputShapes, InspectOptions } from "./inputs.ts";
export {
  type GraphEdge,
  type GraphGroup,
  type GraphNode,
  type NetworkGraph,
  networkGraph,
  type Span,
} from "./networkGraph.ts";
export type { GraphNodeKind, GraphWindow } from "./nodeKind.ts";
export {
  type FieldAxis,
  type ReceptiveField,
  type ReceptiveFieldOptions,
  receptiveField,
  receptiveFields,
} from "./receptiveField.ts";
export {
  type Summary,
  type SummaryOptions,
  type SummaryRow,
  type SummaryTotals,
  summary,
} from "./summary.ts";
export { type OutlineStep, outline, type TracedStep, type TraceOptions, trace } from "./trace.ts";
