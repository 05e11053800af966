// The base of all layers and models: plain fields that hold parameters, buffers and other modules, and the walks
// over them that give every one a dotted path.
import { DTypeError, FoveaError, OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape, sameShape } from "../../base/shape.ts";
import { realize, updateCount } from "../../graph/engine.ts";
import { Tensor } from "../../tensor/tensor.ts";

/** A tensor that training changes: a leaf that requires a gradient and lives in the backend's memory. */
export class Parameter extends Tensor {
  constructor(initial: Tensor) {
    super(initial.realize().node, { requiresGrad: true });
    this.makeResident();
  }
}

/** A tensor that belongs to a module's state but is not trained, such as a running mean. */
export class Buffer extends Tensor {
  constructor(initial: Tensor) {
    super(initial.realize().node);
    this.makeResident();
  }

  /**
   * Overwrites the elements at the next run, as for any tensor. Where two updates wait already they are run first: a step
   * may pass a layer twice, but passes that nobody reads do not pile up.
   */
  override assign(value: Tensor): this {
    if (updateCount(this) >= 2) realize([]);
    return super.assign(value);
  }
}

/** A tensor as a parameter. */
export function parameter(initial: Tensor): Parameter {
  return new Parameter(initial);
}

/** A tensor as a buffer. */
export function buffer(initial: Tensor): Buffer {
  return new Buffer(initial);
}

/** What `loadStateDict` found. */
export interface LoadReport {
  /** Names that the module has and the state lacks. */
  readonly missing: readonly string[];
  /** Names that the state has and the module lacks. */
  readonly unexpected: readonly string[];
}

/**
 * What every part of a network has, whatever it takes and gives: parameters and other parts as fields, with dotted paths. Parts that take
 * tensors and give one are a `Module`; recurrent layers, which carry states along, are not.
 */
export abstract class Part {
  /** True while training; dropout and the like behave by it. */
  training = true;
  /** Keeps this part in evaluation mode while others train, so that statistics stay put; see `freeze`. */
  frozen = false;
  #path = "";

  /** The part's output for its inputs. */
  abstract forward(...inputs: never[]): unknown;

  /** Where this module is in the model that was last walked, such as `layers.0.conv1`; empty for the model itself. */
  get path(): string {
    return this.#path;
  }

  /** The class name and path for error messages: `Linear "fc1"`. */
  get label(): string {
    return this.#path ? `${this.constructor.name} "${this.#path}"` : this.constructor.name;
  }

  /** The modules directly inside, by field name; those in array fields as `field.index`. */
  *children(): Generator<[string, Part]> {
    for (const [name, value] of Object.entries(this)) {
      if (value instanceof Part) yield [name, value];
      if (Array.isArray(value)) {
        for (const [i, item] of value.entries()) if (item instanceof Part) yield [`${name}.${i}`, item];
      }
    }
  }

  /** This module (path "") and all below it, parents first. */
  *namedModules(prefix = ""): Generator<[string, Part]> {
    this.#path = prefix;
    yield [prefix, this];
    for (const [name, child] of this.children())
      yield* child.namedModules(prefix ? `${prefix}.${name}` : name);
  }

  /** Parameters with their dotted paths, in the order of their declaration. */
  *namedParameters(): Generator<[string, Parameter]> {
    for (const [name, value] of this.#namedTensors()) if (value instanceof Parameter) yield [name, value];
  }

  /** Buffers with their dotted paths. */
  *namedBuffers(): Generator<[string, Buffer]> {
    for (const [name, value] of this.#namedTensors()) if (value instanceof Buffer) yield [name, value];
  }

  /** All parameters. */
  parameters(): Parameter[] {
    return Array.from(this.namedParameters(), ([, value]) => value);
  }

  /** Switches this module and all below between training and evaluation; frozen ones stay in evaluation. */
  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.training = mode && !module.frozen;
    return this;
  }

  /** `train(false)`. */
  eval(): this {
    return this.train(false);
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const value of this.parameters()) value.grad = null;
  }

  /** Parameters and buffers by path, as they are now: live tensors, not copies. */
  stateDict(): Map<string, Tensor> {
    return new Map(this.#namedTensors());
  }

  /**
   * Copies values into parameters and buffers by path. Shapes must agree; where `strict` (the default), so must
   * the names, else OptionError names those missing and unexpected. Nothing is changed when it throws.
   */
  loadStateDict(
    state: ReadonlyMap<string, Tensor>,
    { strict = true }: { strict?: boolean } = {},
  ): LoadReport {
    const own = this.stateDict();
    const missing = [...own.keys()].filter((name) => !state.has(name));
    const unexpected = [...state.keys()].filter((name) => !own.has(name));
    const matched = [...own].flatMap(([name, target]) => {
      const value = state.get(name);
      return value ? [{ name, target, value }] : [];
    });
    const reshaped = matched
      .filter(({ target, value }) => !sameShape(value.shape, target.shape))
      .map(
        ({ name, target, value }) => `${name} ${formatShape(target.shape)}, not ${formatShape(value.shape)}`,
      );
    const otherNames = strict && missing.length + unexpected.length > 0;
    if (otherNames || reshaped.length > 0) {
      const parts = [
        ...(strict ? [listed("missing", missing), listed("unexpected", unexpected)] : []),
        listed("of another shape", reshaped),
      ];
      const text =
        `loadStateDict: the state does not fit ${this.label}; ${parts.filter((part) => part !== "").join("; ")}. ` +
        `Load it into the model it was saved from${reshaped.length > 0 ? "" : ", or pass strict: false"}`;
      throw otherNames ? new OptionError(text) : new ShapeError(text);
    }
    for (const { target, value } of matched) target.assign(value.detach().cast(target.dtype));
    realize([]);
    return { missing, unexpected };
  }

  *#namedTensors(): Generator<[string, Tensor]> {
    for (const [path, module] of this.namedModules()) {
      for (const [name, value] of Object.entries(module)) {
        if (value instanceof Parameter || value instanceof Buffer)
          yield [path ? `${path}.${name}` : name, value];
      }
    }
  }
}

/** A part of a network that takes tensors and gives one: its parameters are its fields, its meaning is `forward`. */
export abstract class Module extends Part {
  /** The module's output for its inputs. */
  abstract override forward(...inputs: Tensor[]): Tensor;
}

/** Throws OptionError where a count that a layer is made with is not a whole number of at least 1. */
export function checkCount(layer: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new OptionError(`${layer}: ${name} must be an integer of at least 1; got ${value}`);
  }
}

/** What `body` gives; errors that an op throws on the way are thrown on with the layer's class and path before them. */
export function within(layer: Part, body: () => Tensor): Tensor {
  try {
    return body();
  } catch (error) {
    if (error instanceof FoveaError) error.message = `${layer.label}: ${error.message}`;
    throw error;
  }
}

/** Throws ShapeError or DTypeError naming the layer where `x` does not have the rank and the size along one axis. */
export function checkInput(
  layer: Part,
  x: Tensor,
  rank: number | "any",
  axis: number,
  size: number,
  hint: string,
): void {
  if (x.dtype !== "float32" && x.dtype !== "float64") {
    throw new DTypeError(
      `${layer.label}: expected a floating tensor; got x ${x.dtype} ${formatShape(x.shape)}. Convert with x.cast("float32")`,
    );
  }
  const at = axis < 0 ? x.rank + axis : axis;
  const rankFits = rank === "any" ? at >= 0 : x.rank === rank;
  if (rankFits && x.shape[at] === size) return;
  const place = axis === -1 ? "last axis" : `axis ${axis}`;
  const wanted = rankFits ? `${place} of size ${size}` : `rank ${rank} with ${place} of size ${size}`;
  throw new ShapeError(`${layer.label}: expected ${wanted}; got x ${formatShape(x.shape)}. ${hint}`);
}

/** Names that an error lists of each kind, at most. */
const mostListed = 12;

function listed(what: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  const more = items.length > mostListed ? ` and ${items.length - mostListed} more` : "";
  return `${what}: ${items.slice(0, mostListed).join(", ")}${more}`;
}
