// Cross-entropy of logits against class indices with its derivative: each row is read, exponentiated and written in one
// go. Rows are the units. Lanes run along the classes where these lie side by side, else along what lies inside of them.

import { byteSize } from "../../base/dtype.ts";
import type { Access, SoftmaxLossKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { type Lanes, laneDType, loadLanes, storeLanes } from "./lanes.ts";
import { exp, log } from "./math.ts";
import { add, and, choose, div, max, mul, Scope, sub, type Term } from "./terms.ts";
import { addScaled } from "./tile.ts";

/** Places inside of the classes that one unit takes. */
const innerBlock = 64;

/** Code of the loss and its derivative. */
export function softmaxLossKernel(kernel: SoftmaxLossKernel, env: CodegenEnv): KernelCode {
  const { outer, classes, inner } = kernel;
  const elements = outer * classes * inner;
  const blocks = Math.ceil(inner / innerBlock);
  return {
    units: outer * inner === 0 ? 0 : outer * blocks,
    cost: elements * 0.8 + outer * inner * 8,
    scratchBytes: 0,
    write(f) {
      const writer = new LossWriter(f, env, kernel);
      const unit = f.local("i32");
      if (inner === 1) {
        f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => writer.row(unit));
        return;
      }
      const [row, from, to] = [f.local("i32"), f.local("i32"), f.local("i32")];
      f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
        f.get(unit).i32(blocks).op("i32.div_u").set(row);
        f.get(unit).i32(blocks).op("i32.rem_u").i32(innerBlock).op("i32.mul").tee(from);
        f.i32(innerBlock).op("i32.add").set(to);
        f.lesser(to, inner).set(to);
        writer.columns(row, from, to);
      });
    },
  };
}

class LossWriter {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #kernel: SoftmaxLossKernel;
  /** Addresses of the row's logits, target, loss and gradient. */
  readonly #x: Local;
  readonly #target: Local;
  readonly #loss: Local;
  readonly #grad: Local;
  readonly #largest: Local;
  readonly #sum: Local;

  constructor(f: FunctionBuilder, env: CodegenEnv, kernel: SoftmaxLossKernel) {
    this.#f = f;
    this.#env = env;
    this.#kernel = kernel;
    this.#x = f.local("i32");
    this.#target = f.local("i32");
    this.#loss = f.local("i32");
    this.#grad = f.local("i32");
    this.#largest = f.local("v128");
    this.#sum = f.local("v128");
  }

  /** One row of classes that lie side by side. */
  row(row: Local): void {
    const f = this.#f;
    const { classes, logits, target, loss, grad } = this.#kernel;
    const picked = f.local("i32");
    const picks = f.local("v128");
    this.#point(this.#x, logits, [[row, classes]]);
    this.#point(this.#target, target, [[row, 1]]);
    f.get(this.#target)
      .mem(byteSize(this.#env.dtype(target.buffer)) === 1 ? "i32.load8_u" : "i32.load")
      .set(picked);
    if (grad) this.#point(this.#grad, grad, [[row, classes]]);

    f.f32x4(Number.NEGATIVE_INFINITY).set(this.#largest);
    this.#along((lanes) => {
      f.get(this.#largest).get(this.#x).mem("v128.load");
      this.#fill(lanes, Number.NEGATIVE_INFINITY);
      f.op("f32x4.max").set(this.#largest);
    });
    this.#combine(this.#largest, "f32x4.max");

    f.f32x4(0).set(this.#sum);
    this.#along((lanes) => {
      const e = this.#exponential((g) => g.get(this.#x).mem("v128.load"));
      f.get(e);
      this.#fill(lanes, 0);
      f.get(this.#sum).op("f32x4.add").set(this.#sum);
      if (grad) this.#storeClasses(e, lanes);
      f.release(e);
    });
    this.#combine(this.#sum, "f32x4.add");

    // A class that does not exist has a loss and gradient of NaN, and is not looked up.
    f.get(picked).i32(classes).op("i32.lt_u");
    f.if(
      () => {
        f.get(this.#x).get(picked).i32(4).op("i32.mul").op("i32.add").mem("v128.load32_splat").set(picks);
      },
      () => f.f32x4(Number.NaN).tee(picks).set(this.#sum),
    );
    if (loss) {
      this.#point(this.#loss, loss, [[row, 1]]);
      this.#storeLoss(picks, 1);
    }
    if (grad) {
      this.#invertSum();
      this.#point(this.#grad, grad, [[row, classes]]);
      this.#along((lanes) => {
        f.get(this.#grad).mem("v128.load").get(this.#sum).op("f32x4.mul").set(picks);
        this.#storeClasses(picks, lanes);
      });
      f.get(picked).i32(classes).op("i32.lt_u");
      f.if(() => {
        this.#point(this.#grad, grad, [
          [row, classes],
          [picked, 1],
        ]);
        f.get(this.#grad).get(this.#grad).mem("f32.load").f32(1).op("f32.sub").mem("f32.store");
      });
    }
    f.release(picked, picks);
  }

  /** The places `from … to − 1` inside of the classes of one row. */
  columns(row: Local, from: Local, to: Local): void {
    const f = this.#f;
    const { inner } = this.#kernel;
    const at = f.local("i32");
    const end = f.local("i32");
    f.get(to).i32(3).op("i32.sub").set(end);
    f.get(from).set(at);
    f.for(at, { local: at }, { local: end }, 4, () => this.#column(row, at, 4));
    const rest = (inner % innerBlock) % 4;
    if (rest > 0) {
      f.get(at).get(to).op("i32.lt_s");
      f.if(() => this.#column(row, at, rest as Lanes));
    }
    f.release(at, end);
  }

  #column(row: Local, at: Local, lanes: Lanes): void {
    const f = this.#f;
    const { classes, inner, logits, target, loss, grad } = this.#kernel;
    const dtype = laneDType(this.#env.dtype(target.buffer));
    const [wanted, picks, c] = [f.local("v128"), f.local("v128"), f.local("i32")];
    const step = inner * 4;
    const start = (pointer: Local, access: Access) =>
      this.#point(pointer, access, [
        [row, classes * inner],
        [at, 1],
      ]);
    this.#point(this.#target, target, [
      [row, inner],
      [at, 1],
    ]);
    loadLanes(f, dtype, { pointer: this.#target, bytes: 0 }, byteSize(dtype), lanes);
    f.set(wanted);
    const hits: Term = (g) => g.get(wanted).get(c).op("i32x4.splat").op("i32x4.eq");
    const logit: Term = (g) => loadLanes(g, "float32", { pointer: this.#x, bytes: 0 }, 4, lanes);
    const store = (value: Local) =>
      storeLanes(f, "float32", value, { pointer: this.#grad, bytes: 0 }, 4, lanes);

    start(this.#x, logits);
    f.f32x4(Number.NEGATIVE_INFINITY).set(this.#largest).f32x4(Number.NaN).set(picks);
    f.for(c, 0, classes, 1, () => {
      max((g) => g.get(this.#largest), logit)(f);
      f.set(this.#largest);
      choose(hits, logit, (g) => g.get(picks))(f);
      f.set(picks).increment(this.#x, step);
    });
    start(this.#x, logits);
    if (grad) start(this.#grad, grad);
    f.f32x4(0).set(this.#sum);
    f.for(c, 0, classes, 1, () => {
      const e = this.#exponential(logit);
      f.get(this.#sum).get(e).op("f32x4.add").set(this.#sum);
      if (grad) store(e);
      f.release(e);
      f.increment(this.#x, step);
      if (grad) f.increment(this.#grad, step);
    });
    if (loss) {
      this.#point(this.#loss, loss, [
        [row, inner],
        [at, 1],
      ]);
      this.#storeLoss(picks, lanes);
    }
    if (grad) {
      // NaN where no class was picked.
      f.get(this.#sum).get(picks).get(picks).get(picks).op("f32x4.eq").op("v128.bitselect").set(this.#sum);
      this.#invertSum();
      start(this.#grad, grad);
      f.for(c, 0, classes, 1, () => {
        const share = mul(
          (g) => loadLanes(g, "float32", { pointer: this.#grad, bytes: 0 }, 4, lanes),
          (g) => g.get(this.#sum),
        );
        sub(share, and(hits, 1))(f);
        f.set(picks);
        store(picks);
        f.increment(this.#grad, step);
      });
    }
    f.release(wanted, picks, c);
  }

  /** Sets a pointer to an element of a window that is walked in order. */
  #point(pointer: Local, access: Access, terms: readonly (readonly [Local, number])[]): void {
    const f = this.#f;
    const size = byteSize(this.#env.dtype(access.buffer));
    this.#env.pushAddress(f, access.buffer, access.offset);
    for (const [index, factor] of terms) addScaled(f, index, factor * size);
    f.set(pointer);
  }

  /** Walks along the classes of a row; moves the pointers of logits and gradient and brings the first back. */
  #along(body: (lanes: Lanes) => void): void {
    const f = this.#f;
    const { classes, grad } = this.#kernel;
    const whole = Math.floor(classes / 4);
    const c = f.local("i32");
    if (whole > 0) {
      f.for(c, 0, whole, 1, () => {
        body(4);
        f.increment(this.#x, 16);
        if (grad) f.increment(this.#grad, 16);
      });
    }
    if (classes % 4 > 0) body((classes % 4) as Lanes);
    f.increment(this.#x, -16 * whole);
    if (grad) f.increment(this.#grad, -16 * whole);
    f.release(c);
  }

  /** Replaces the lanes of the vector on the stack that stand for no class. */
  #fill(lanes: Lanes, value: number): void {
    if (lanes === 4) return;
    const f = this.#f;
    f.f32x4(value)
      .i32x4(...[0, 1, 2, 3].map((k) => (k < lanes ? -1 : 0)))
      .op("v128.bitselect");
  }

  /** Brings the combination of all lanes into every lane. */
  #combine(value: Local, op: "f32x4.max" | "f32x4.add"): void {
    const f = this.#f;
    f.get(value).get(value).get(value).shuffle32(2, 3, 0, 1).op(op).set(value);
    f.get(value).get(value).get(value).shuffle32(1, 0, 3, 2).op(op).set(value);
  }

  /** `e^(x − largest)` in a fresh local. */
  #exponential(x: Term): Local {
    const f = this.#f;
    const scope = new Scope(f, this.#env.relaxed);
    const e = f.local("v128");
    exp(
      scope,
      sub(x, (g) => g.get(this.#largest)),
    )(f);
    f.set(e);
    scope.release();
    return e;
  }

  #storeClasses(value: Local, lanes: Lanes): void {
    storeLanes(this.#f, "float32", value, { pointer: this.#grad, bytes: 0 }, 4, lanes);
  }

  /** Stores `ln sum + largest − picked`. */
  #storeLoss(picks: Local, lanes: Lanes): void {
    const f = this.#f;
    const scope = new Scope(f, this.#env.relaxed);
    const value = f.local("v128");
    const distance = sub(
      (g) => g.get(this.#largest),
      (g) => g.get(picks),
    );
    add(
      log(scope, (g) => g.get(this.#sum)),
      distance,
    )(f);
    f.set(value);
    scope.release();
    storeLanes(f, "float32", value, { pointer: this.#loss, bytes: 0 }, 4, lanes);
    f.release(value);
  }

  #invertSum(): void {
    div(
      (g) => g.f32x4(1),
      (g) => g.get(this.#sum),
    )(this.#f);
    this.#f.set(this.#sum);
  }
}
