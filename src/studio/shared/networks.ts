// What the page Model and its server say to each other about networks, as types of plain JSON.
import type { Finding } from "../../design/index.ts";
import type { FieldAxis, NetworkGraph, Summary, SummaryRow } from "../../inspect/index.ts";

export type { Finding } from "../../design/index.ts";
export type {
  FieldAxis,
  GraphEdge,
  GraphGroup,
  GraphNode,
  GraphNodeKind,
  GraphWindow,
  NetworkGraph,
  Span,
} from "../../inspect/index.ts";

/** A network by its name, and what it is made for. */
export interface NetworkChoice {
  readonly model: string;
  /** Shape of one picture, [channels, height, width]. */
  readonly input: readonly number[];
  readonly classes: number;
}

/** A row of a summary, as `fovea summary --json` has it. */
export type PlainRow = Omit<SummaryRow, "field"> & { readonly field: readonly FieldAxis[] | null };

/** A summary, as `fovea summary --json` has it. */
export interface PlainSummary {
  readonly inputs: Summary["inputs"];
  readonly rows: readonly PlainRow[];
  readonly totals: Summary["totals"];
}

/** All that is known of a network without running it. */
export interface NetworkDescription extends NetworkChoice, PlainSummary {
  readonly kind: "network";
  readonly graph: NetworkGraph;
  readonly findings: readonly Finding[];
  /** The data set that it was trained on, empty where it was not; and how far it came. */
  readonly data: string;
  readonly epoch: number;
  readonly accuracy: number | null;
}

/** A run of which no network can be made: it has no weights yet, or its network is not one of the zoo. */
export interface NoNetwork {
  readonly kind: "no-weights" | "own-network";
  readonly model: string;
}

export type NetworkAnswer = NetworkDescription | NoNetwork;

/** A network of the zoo. */
export interface ZooEntry {
  readonly model: string;
  /** Pictures that it takes, [channels, height, width]. */
  readonly input: readonly number[];
}

/** What training takes. */
export interface MemoryAnswer {
  /** Bytes; null where they are not known beforehand, as of networks that are run in parts. */
  readonly bytes: number | null;
}
