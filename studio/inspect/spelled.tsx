// The number in focus spelled out: the products and sums that it is made of, and what becomes of it.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { ConvChannel, Spelling, Sum } from "../compute/spell/spelling.ts";
import { figure } from "../format.ts";
import { nameOf } from "./layers.tsx";
import { isPinned, spelling } from "./look.ts";
import { facts } from "./modelChoice.ts";
import { t } from "./texts.ts";

/** Input channels of a convolution that are spelled out at first, those that weigh most; the others are summed. */
const fewChannels = 6;
/** Whether all of them are. */
const showsAllChannels = signal(false);

/** The panel. */
export function Spelled() {
  const known = spelling.value;
  const step = known && facts.value?.steps[known.step];
  return (
    <section class="card spelled" aria-labelledby="spelled-title">
      <h3 id="spelled-title">{t("spelled")}</h3>
      {known && step ? (
        <>
          <p aria-live="polite">
            <strong>{nameOf(step)}</strong> [{known.cell.join(", ")}] ={" "}
            <output data-value={known.value}>{figure(known.value, 6)}</output>
            {isPinned.value && <span class="soft"> · {t("pinned")}</span>}
          </p>
          <SumView sum={known.sum} spelling={known} kind={step.kind} />
          <Following spelling={known} />
        </>
      ) : (
        <p class="soft">{t("spelledHint")}</p>
      )}
    </section>
  );
}

function SumView({ sum, spelling, kind }: { sum: Sum; spelling: Spelling; kind: string }) {
  switch (sum.kind) {
    case "conv":
      return <ConvView sum={sum} value={spelling.value} />;
    case "linear":
      return (
        <>
          <table class="terms">
            <thead>
              <tr>
                <th scope="col">{t("inputNumber")}</th>
                <th scope="col">{t("value")}</th>
                <th scope="col">{t("weight")}</th>
                <th scope="col">{t("product")}</th>
              </tr>
            </thead>
            <tbody>
              {sum.terms.map(({ input, value, weight }) => (
                <tr key={input}>
                  <th scope="row">{input}</th>
                  <td>{figure(value)}</td>
                  <td>{figure(weight)}</td>
                  <td>{figure(value * weight)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <Total
            parts={[
              ...(sum.count > sum.terms.length
                ? [[t("otherTerms", { count: sum.count - sum.terms.length }), sum.rest] as const]
                : []),
              ...(sum.bias === null ? [] : [[t("bias"), sum.bias] as const]),
            ]}
            total={sum.total}
            value={spelling.value}
          />
        </>
      );
    case "max":
    case "mean":
      return (
        <>
          <p class="soft">{sum.kind === "max" ? t("largestOf") : t("meanOf", { divisor: sum.divisor })}</p>
          <Grid
            size={sum.size}
            numbers={sum.window}
            label={t("window")}
            marked={sum.kind === "max" ? sum.total : null}
          />
          <Total parts={[]} total={sum.total} value={spelling.value} />
        </>
      );
    case "norm":
      return (
        <p class="formula">
          ({figure(sum.x)} − {figure(sum.mean)}) / √({figure(sum.variance)} + {figure(sum.eps, 1)}) ·{" "}
          {figure(sum.weight)} + {figure(sum.bias)} = {figure(sum.total, 6)}
          <span class="soft"> {t("normHelp")}</span>
        </p>
      );
    case "function":
      return (
        <p class="formula">
          {kind}({sum.inputs.map((value) => figure(value, 6)).join(", ")}) = {figure(spelling.value, 6)}
        </p>
      );
    case "other":
      return <p class="soft">{t("notSpelled")}</p>;
  }
}

function ConvView({ sum, value }: { sum: Sum & { kind: "conv" }; value: number }) {
  const isLong = sum.channels.length > fewChannels;
  const most = showsAllChannels.value ? sum.channels.length : fewChannels;
  const heaviest = sum.channels.toSorted((a, b) => Math.abs(b.sum) - Math.abs(a.sum)).slice(0, most);
  const shown = heaviest.toSorted((a, b) => a.channel - b.channel);
  const others = sum.channels.length - shown.length;
  const rest =
    sum.channels.reduce((all, { sum }) => all + sum, 0) - shown.reduce((all, { sum }) => all + sum, 0);
  const [top, left] = sum.corner;
  return (
    <>
      <p class="soft">{t("convHelp", { top, left })}</p>
      {shown.map((channel) => (
        <Channel key={channel.channel} channel={channel} size={sum.size} />
      ))}
      {isLong && (
        <button
          type="button"
          aria-pressed={showsAllChannels.value}
          onClick={() => {
            showsAllChannels.value = !showsAllChannels.value;
          }}
        >
          {t("allChannels", { count: sum.channels.length })}
        </button>
      )}
      <Total
        parts={[
          ...shown.map(({ channel, sum }) => [t("channel", { channel }), sum] as const),
          ...(others > 0 ? [[t("otherChannels", { count: others }), rest] as const] : []),
          ...(sum.bias === null ? [] : [[t("bias"), sum.bias] as const]),
        ]}
        total={sum.total}
        value={value}
      />
    </>
  );
}

function Channel({
  channel: { channel, patch, kernel, sum },
  size,
}: {
  channel: ConvChannel;
  size: readonly [number, number];
}) {
  const products = patch.map((value, i) => (value === null ? null : value * kernel[i]!));
  return (
    <div class="channel">
      <h4>{t("channelSum", { channel, sum: figure(sum, 6) })}</h4>
      <div class="grids">
        <Grid size={size} numbers={patch} label={t("inputPatch")} />
        <span aria-hidden="true">×</span>
        <Grid size={size} numbers={kernel} label={t("kernel")} />
        <span aria-hidden="true">=</span>
        <Grid size={size} numbers={products} label={t("products")} />
      </div>
    </div>
  );
}

interface GridProps {
  readonly size: readonly [number, number];
  /** Null in the padding. */
  readonly numbers: readonly (number | null)[];
  readonly label: string;
  readonly marked?: number | null;
}

function Grid({ size: [rows, columns], numbers, label, marked = null }: GridProps) {
  return (
    <figure>
      <figcaption class="soft">{label}</figcaption>
      <table class="numbers">
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr key={row}>
              {numbers.slice(row * columns, (row + 1) * columns).map((value, column) => (
                <td key={column} class={classOf(value, marked)}>
                  {value === null ? t("padding") : short(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function classOf(value: number | null, marked: number | null): string {
  if (value === null) return "padding";
  return value === marked ? "marked" : "";
}

/** Two digits after the point: a table of numbers is to be looked over. */
function short(value: number): string {
  const text = Math.abs(value) < 100 ? value.toFixed(2) : figure(value, 3);
  return text === "-0.00" ? "0.00" : text;
}

function Total({
  parts,
  total,
  value,
}: {
  parts: readonly (readonly [string, number])[];
  total: number;
  value: number;
}) {
  const difference = Math.abs(total - value);
  return (
    <dl class="total">
      {parts.map(([name, part]) => (
        <Part key={name} name={name}>
          {part < 0 ? "−" : "+"} {figure(Math.abs(part), 6)}
        </Part>
      ))}
      <Part name={t("sum")}>
        <output data-total={total}>= {figure(total, 6)}</output>
        <span class="soft">
          {" "}
          {difference === 0 ? t("sameAsMap") : t("nearMap", { difference: difference.toExponential(1) })}
        </span>
      </Part>
    </dl>
  );
}

function Part({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Following({ spelling: { following, value } }: { spelling: Spelling }) {
  if (following.length === 0) return null;
  const steps = facts.value!.steps;
  return (
    <>
      <h4>{t("following")}</h4>
      <p class="formula">
        {figure(value, 6)}
        {following.map(({ step, inputs, value }) => (
          <span key={step}>
            {" → "}
            {nameOf(steps[step]!)}({inputs.map((one) => figure(one)).join(", ")}) = {figure(value, 6)}
          </span>
        ))}
      </p>
    </>
  );
}
