// What all optimizers share: parameters, groups, state, and the one program in which a whole step runs.

import { leavesOfWalk } from "../autograd/backward.ts";
import { allocate, type DType } from "../base/dtype.ts";
import { nearest, OptionError } from "../base/errors.ts";
import { formatShape } from "../base/shape.ts";
import { changeUpdates, realize, type StorageUpdate } from "../graph/engine.ts";
import { Node } from "../graph/node.ts";
import { type Traced, traceMaps } from "../graph/trace.ts";
import { Parameter } from "../nn/module/module.ts";
import { full } from "../ops/factory.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Tensor } from "../tensor/tensor.ts";

/** The tensors that an optimizer keeps for one parameter, by name. */
export type State = Readonly<Record<string, Tensor>>;

/** New values for a parameter and its state. */
export interface Update {
  readonly parameter: Tensor;
  readonly state: State;
}

/** Some parameters with options of their own. */
export type Group<O> = { params: Iterable<Parameter> } & Partial<O>;

/** What an optimizer is made for: parameters, or groups of them. */
export type Params<O> = Iterable<Parameter> | readonly Group<O>[];

/**
 * An optimizer is the equations of its paper for one parameter: `stateNames` and `update`. This class owns the loop,
 * the groups and the state. Hyperparameters may be changed between steps: `optimizer.groups[0].lr = 1e-4`.
 * Throws OptionError for options that it does not know, empty groups, and parameters that are named twice.
 */
export abstract class Optimizer<O extends { lr: number }> {
  readonly groups: ({ params: Parameter[] } & O)[];
  /** Steps taken so far. */
  steps = 0;
  readonly #state = new Map<Parameter, Record<string, Tensor>>();

  constructor(params: Params<O>, defaults: O, options: Partial<O> = {}) {
    const own = this.constructor.name;
    if (typeof (params as Partial<Iterable<unknown>>)[Symbol.iterator] !== "function") {
      throw new OptionError(`${own}: needs parameters; got a ${params.constructor.name}; ${passParameters}`);
    }
    const list: (Parameter | Group<O>)[] = [...params];
    const plain = list.filter((item): item is Parameter => item instanceof Tensor);
    const groups = list.filter((item): item is Group<O> => !(item instanceof Tensor));
    if (plain.length > 0 || groups.length === 0) groups.unshift({ ...options, params: plain });
    const known = this.optionNames(defaults);
    this.groups = groups.map((group, i) => {
      const members = [...(group.params ?? [])];
      if (members.length === 0) {
        const which = groups.length > 1 ? `group ${i} has no parameters` : "no parameters to optimize";
        throw new OptionError(`${own}: ${which}; ${passParameters}`);
      }
      if (known) for (const given of [options, group]) checkNames(own, given, known);
      return { ...defaults, ...options, ...group, params: members };
    });
    const all = this.groups.flatMap((group) => group.params);
    if (new Set(all).size !== all.length) {
      throw new OptionError(`${own}: a parameter is named twice; each belongs to one group`);
    }
    for (const group of this.groups) this.check(group, group.params);
  }

  /** Names of the state tensors of each parameter. */
  protected abstract stateNames(options: O): readonly string[];

  /** The new values at step `t` (1, 2, …), given the gradient. */
  protected abstract update(p: Tensor, g: Tensor, state: State, options: O, t: number): Update;

  /** What the elements of the state tensors start at. */
  protected initialValue(_options: O): number {
    return 0;
  }

  /** The options that there are; null where they are not checked. */
  protected optionNames(defaults: O): readonly string[] | null {
    return Object.keys(defaults);
  }

  /** Whose equations a group follows. */
  protected ruleOf(_group: O): Optimizer<O> {
    return this;
  }

  /** False for rules that look beyond the single element (norms, matrix products): they are then written out for each parameter. */
  protected get elementwise(): boolean {
    return true;
  }

  /** Throws OptionError where options break their rules. */
  protected check(options: O, _params: readonly Parameter[]): void {
    checkRange(this.constructor.name, "lr", options.lr, 0);
  }

  /** The learning rate of the first group. */
  get lr(): number {
    return this.groups[0]!.lr;
  }

  /** Sets the learning rate of all groups. */
  set lr(value: number) {
    for (const group of this.groups) group.lr = value;
  }

  /**
   * Updates every parameter that has a gradient, in one program with the forward and backward pass before it.
   * With `onlyIf` (a scalar), all values stay as they are where it is 0 when the program runs: parameters, the optimizer's
   * state, and whatever else waits to be overwritten, such as a layer's running statistics.
   */
  step({ onlyIf }: { onlyIf?: Tensor } = {}): void {
    if (onlyIf && onlyIf.rank !== 0) {
      throw new OptionError(
        `${this.constructor.name}: onlyIf must be a scalar; got ${formatShape(onlyIf.shape)}`,
      );
    }
    const t = this.steps + 1;
    // First all new values, then all assignments: a step that throws on the way changes nothing.
    const targets: Tensor[] = [];
    const values: Tensor[] = [];
    const updated: Parameter[] = [];
    noGrad(() => {
      for (const group of this.groups) {
        const owner = this.ruleOf(group);
        let rule: Rule | null = null;
        for (const p of group.params) {
          if (!p.grad) continue;
          const state = this.#stateOf(p, group);
          targets.push(p);
          for (const name in state) targets.push(state[name]!);
          updated.push(p);
          if (!owner.elementwise) {
            values.push(...owner.#direct(p, state, group, t, onlyIf));
            continue;
          }
          if (rule?.dtype !== p.dtype) rule = owner.#rule(p.dtype, group, t, onlyIf);
          applyRule(rule, p, state, values);
        }
      }
    });
    if (onlyIf) {
      noGrad(() =>
        changeUpdates((value, before) => new Tensor(value).where(onlyIf, new Tensor(before)).node),
      );
    }
    const updates: StorageUpdate[] = [];
    for (let i = 0; i < targets.length; i++) {
      const update = targets[i]!.updateTo(values[i]!);
      if (update) updates.push(update);
    }
    // Parameters of another optimizer too, which may take its step after this one.
    for (const leaf of leavesOfWalk(updated)) {
      const isKept = leaf instanceof Parameter || this.#state.has(leaf as Parameter);
      const update = isKept ? leaf.keepGrad() : null;
      if (update) updates.push(update);
    }
    this.steps = t;
    realize([], updates);
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const group of this.groups) for (const p of group.params) p.grad = null;
  }

  /** Forgets all state, as if no step had been taken. */
  reset(): void {
    this.#state.clear();
    this.steps = 0;
  }

  /** Number of steps and all state tensors, `<index of the parameter>.<name>`. */
  stateDict(): { steps: number; tensors: Map<string, Tensor> } {
    const tensors = new Map<string, Tensor>();
    const all = this.groups.flatMap((group) => group.params);
    for (const [i, p] of all.entries()) {
      for (const [name, value] of Object.entries(this.#state.get(p) ?? {}))
        tensors.set(`${i}.${name}`, value);
    }
    return { steps: this.steps, tensors };
  }

  /** Takes up the state that `stateDict` gave for an optimizer of the same parameters. */
  loadStateDict({ steps, tensors }: { steps: number; tensors: ReadonlyMap<string, Tensor> }): void {
    let index = 0;
    for (const group of this.groups) {
      for (const p of group.params) {
        const state = this.#stateOf(p, group);
        for (const [name, target] of Object.entries(state)) {
          const value = tensors.get(`${index}.${name}`);
          if (value) target.assign(value.detach());
        }
        index++;
      }
    }
    this.steps = steps;
    realize([]);
  }

  /** New values of one parameter and its state tensors, in order. */
  #direct(p: Parameter, state: State, options: O, t: number, onlyIf: Tensor | undefined): Tensor[] {
    const next = this.update(p.detach(), p.grad!, state, options, t);
    const values = [next.parameter, ...Object.keys(state).map((name) => next.state[name]!)];
    if (!onlyIf) return values;
    const before = [p, ...Object.values(state)];
    return values.map((value, i) => value.where(onlyIf, before[i]!.detach()));
  }

  /** The update at step `t` as a rule for any parameter of a group. */
  #rule(dtype: DType, options: O, t: number, onlyIf: Tensor | undefined): Rule {
    const names = this.stateNames(options);
    const [condition, p, g, ...rest] = placeholders(dtype, names.length) as [
      Tensor,
      Tensor,
      Tensor,
      ...Tensor[],
    ];
    const state = Object.fromEntries(names.map((name, i) => [name, rest[i]!]));
    const next = this.update(p, g, state, options, t);
    const choose = (value: Tensor, old: Tensor) => (onlyIf ? value.where(condition, old) : value).node;
    const outputs = [
      choose(next.parameter, p),
      ...names.map((name) => choose(next.state[name]!, state[name]!)),
    ];
    const inputs = [p, g, ...Object.values(state), ...(onlyIf ? [condition] : [])];
    const traced = traceMaps(
      this.constructor.name,
      outputs,
      inputs.map((x) => x.node),
    );
    return { dtype, traced, extra: [...(onlyIf ? [onlyIf.cast("bool").node] : []), ...traced.scalars] };
  }

  /** The state tensors that the options ask for now; others, of a momentum that is 0 for a while, wait. */
  #stateOf(p: Parameter, options: O): State {
    const owner = this.ruleOf(options);
    const kept = this.#state.get(p) ?? {};
    this.#state.set(p, kept);
    const state: Record<string, Tensor> = {};
    for (const name of owner.stateNames(options)) {
      kept[name] ??= full(p.shape, owner.initialValue(options), { dtype: p.dtype }).makeResident();
      state[name] = kept[name];
    }
    return state;
  }
}

const passParameters = "pass model.parameters()";

const known = new Map<DType, Tensor[]>();

/** Stand-ins for a condition, a parameter, its gradient and so many state tensors; the same ones each time. */
function placeholders(dtype: DType, states: number): Tensor[] {
  const list = known.get(dtype) ?? [Tensor.fromArray(allocate("bool", 1), [], "bool")];
  known.set(dtype, list);
  while (list.length < 3 + states) list.push(Tensor.fromArray(allocate(dtype, 1), [], dtype));
  return list.slice(0, 3 + states);
}

/** An optimizer's update, written once for all parameters of a group. */
interface Rule {
  readonly dtype: DType;
  readonly traced: Traced;
  /** What it reads beside a parameter, its gradient and its state. */
  readonly extra: readonly Node[];
}

/** Adds the new values of a parameter and its state tensors, in order. */
function applyRule({ traced, extra }: Rule, p: Parameter, state: State, values: Tensor[]): void {
  const inputs = [p.node, p.grad!.node];
  for (const name in state) inputs.push(state[name]!.node);
  inputs.push(...extra);
  for (const form of traced.forms) values.push(new Tensor(Node.of(form, inputs, p.shape)));
}

/** Throws OptionError where options have a name that is not known, with the nearest one that is. */
function checkNames(own: string, options: object, known: readonly string[]): void {
  for (const name in options) {
    if (name === "params" || known.includes(name)) continue;
    const near = nearest(name, known);
    throw new OptionError(
      `${own}: unknown option "${name}"; ${near ? `did you mean "${near}"?` : `known are ${known.join(", ")}`}`,
    );
  }
}

/** Throws OptionError unless `low ≤ value < high`. */
export function checkRange(
  op: string,
  name: string,
  value: number,
  low: number,
  high: number = Number.POSITIVE_INFINITY,
): void {
  if (!(value >= low && value < high)) {
    const range = high === Number.POSITIVE_INFINITY ? `at least ${low}` : `at least ${low} and below ${high}`;
    throw new OptionError(`${op}: ${name} must be ${range}; got ${value}`);
  }
}
