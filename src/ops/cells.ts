// The steps of recurrent networks and their gradients, as pure functions of one step's sums. Knows no sequences.

import type { Tensor } from "../tensor/tensor.ts";
import { where } from "./binary.ts";
import { cat } from "./movement.ts";

/** What a step carries on: the hidden values, and the cell's where there are any; `[N, H]` each. */
export interface StepState {
  readonly h: Tensor;
  readonly c: Tensor | null;
}

/** What a step gives, and what its gradient will need of it. */
export interface StepResult extends StepState {
  readonly saved: readonly Tensor[];
}

/** Gradients of a step: of the two sums of gates, and of the state before as far as it does not go through them. */
export interface StepGradient {
  /** Of the input's sums; where the hidden values' sums enter in the same way, theirs too. */
  readonly dInput: Tensor;
  readonly dHidden: Tensor;
  /** Null where the step passes nothing on beside the gates. */
  readonly dh: Tensor | null;
  readonly dc: Tensor | null;
}

/** A kind of recurrent network. */
export interface Cell {
  readonly name: string;
  /** Sums for each hidden value. */
  readonly gates: number;
  /** Whether a second state goes along beside the hidden values. */
  readonly hasCell: boolean;
  /** A step from the gates' sums `[N, gates · H]` of the input and of the hidden values, biases included. */
  step(fromInput: Tensor, fromHidden: Tensor, state: StepState): StepResult;
  /** Gradients of a step, given those of what it gave. */
  back(saved: readonly Tensor[], dh: Tensor, dc: Tensor | null): StepGradient;
}

/** Gate number k of the sums `[N, gates · H]`. */
function gate(sums: Tensor, k: number, gates: number): Tensor {
  const size = sums.shape[1]! / gates;
  return sums.slice(1, k * size, (k + 1) * size);
}

/** `h' = act(from input + from hidden)`. */
function plain(name: string, act: (sum: Tensor) => Tensor, slope: (h: Tensor, dh: Tensor) => Tensor): Cell {
  return {
    name,
    gates: 1,
    hasCell: false,
    step(fromInput, fromHidden) {
      const h = act(fromInput.add(fromHidden));
      return { h, c: null, saved: [h] };
    },
    back([h], dh) {
      const d = slope(h!, dh);
      return { dInput: d, dHidden: d, dh: null, dc: null };
    },
  };
}

/** Elman's network: `h' = tanh(x W + h U + b)`. Source: Elman, "Finding structure in time", Cognitive Science 1990. */
export const tanhCell = plain(
  "rnn",
  (sum) => sum.tanh(),
  (h, dh) => dh.mul(h.square().neg().add(1)), // dsum = dh · (1 − h²)
);

/** The same with `max(·, 0)`. */
export const reluCell = plain(
  "rnn",
  (sum) => sum.relu(),
  (h, dh) => where(h.le(0), 0, dh), // dsum = dh where h > 0
);

/**
 * Long short-term memory: gates i, f, o = σ(·) and candidates g = tanh(·) of the sums; `c' = f · c + i · g`, `h' = o · tanh(c')`.
 * Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 1997; Gers et al., 2000, for the forget gate.
 */
export const lstmCell: Cell = {
  name: "lstm",
  gates: 4,
  hasCell: true,
  step(fromInput, fromHidden, { c }) {
    const sums = fromHidden.add(fromInput);
    const i = gate(sums, 0, 4).sigmoid();
    const f = gate(sums, 1, 4).sigmoid();
    const g = gate(sums, 2, 4).tanh();
    const o = gate(sums, 3, 4).sigmoid();
    const next = f.mul(c!).add(i.mul(g));
    return { h: o.mul(next.tanh()), c: next, saved: [i, f, g, o, c!, next] };
  },
  back([i, f, g, o, c, next], dh, dc) {
    const t = next!.tanh();
    const through = dh.mul(o!).mul(t.square().neg().add(1)); // dc' = dh · o · (1 − tanh² c')
    const total = dc ? dc.add(through) : through;
    const slope = (s: Tensor) => s.mul(s.neg().add(1)); // σ' = σ (1 − σ)
    const d = cat(
      [
        total.mul(g!).mul(slope(i!)), // di
        total.mul(c!).mul(slope(f!)), // df
        total.mul(i!).mul(g!.square().neg().add(1)), // dg
        dh.mul(t).mul(slope(o!)), // do
      ],
      1,
    );
    return { dInput: d, dHidden: d, dh: null, dc: total.mul(f!) };
  },
};

/**
 * Gated recurrent unit: r, z = σ(from input + from hidden), `n = tanh(from input + r · from hidden)`, `h' = (1 − z) · n + z · h`.
 * Source: Cho et al., "Learning phrase representations using RNN encoder–decoder", EMNLP 2014, with cuDNN's placing of r.
 */
export const gruCell: Cell = {
  name: "gru",
  gates: 3,
  hasCell: false,
  step(fromInput, fromHidden, { h }) {
    const r = gate(fromInput, 0, 3)
      .add(gate(fromHidden, 0, 3))
      .sigmoid();
    const z = gate(fromInput, 1, 3)
      .add(gate(fromHidden, 1, 3))
      .sigmoid();
    const candidate = gate(fromHidden, 2, 3);
    const n = gate(fromInput, 2, 3).add(r.mul(candidate)).tanh();
    return { h: n.add(z.mul(h.sub(n))), c: null, saved: [r, z, n, candidate, h] };
  },
  back([r, z, n, candidate, h], dh) {
    const dn = dh.mul(z!.neg().add(1)).mul(n!.square().neg().add(1)); // of n's sum
    const dz = dh.mul(h!.sub(n!)).mul(z!).mul(z!.neg().add(1));
    const dr = dn.mul(candidate!).mul(r!).mul(r!.neg().add(1));
    return {
      dInput: cat([dr, dz, dn], 1),
      dHidden: cat([dr, dz, dn.mul(r!)], 1),
      dh: dh.mul(z!),
      dc: null,
    };
  },
};
