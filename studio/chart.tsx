// A chart of curves that may grow while it is looked at. Knows nothing of runs.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { coloursOf } from "./colours.ts";

/** One curve: its own places along x, ascending, and its values; null is a gap. */
export interface Curve {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Name of a colour of the style sheet, such as `c0`. */
  readonly colour: string;
  /** Thin curves stand behind. */
  readonly look?: "thin" | "dashed" | "plain";
}

/** Shortest time between two drawings of growing curves, ms: a training run computes on the same machine, and drawing is most of what the page costs it. */
const drawEvery = 900;

/** Ends of logarithmic axes: an axis over many more powers of ten can't be divided, and what is so small is as good as nothing. */
const [least, most] = [1e-12, 1e12];

interface ChartProps {
  /** What it shows, for those who can't see it. */
  readonly label: string;
  readonly curves: readonly Curve[];
  readonly xLabel: string;
  readonly isLogarithmic?: boolean;
  /** Whether the axis of x is logarithmic; its ticks are then powers of ten. */
  readonly hasLogarithmicX?: boolean;
  /** A value as text. */
  readonly format: (value: number) => string;
  /** Changes where the colours do. */
  readonly theme: string;
  readonly height?: number;
}

/** The chart; it is as wide as its place. */
export function Chart(props: ChartProps) {
  const { label, curves, theme, isLogarithmic = false, xLabel, height = 220 } = props;
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const look = curves.map((curve) => `${curve.label} ${curve.colour} ${curve.look}`).join("\n");

  // A new look is a new plot; new data alone are not.
  useEffect(() => {
    const element = place.current!;
    const drawn = new Drawing(element, () => latest.current, height);
    drawing.current = drawn;
    return () => {
      drawn.end();
      drawing.current = null;
    };
  }, [look, theme, isLogarithmic, xLabel, label]);

  useEffect(() => drawing.current?.update());

  return <div class="chart" role="img" aria-label={`${label}. ${spoken(props)}`} ref={place} />;
}

/** A plot on the page: drawn when its curves have grown, not too often, and only where it can be seen. */
class Drawing {
  readonly #props: () => ChartProps;
  readonly #plot: uPlot;
  readonly #sizes: ResizeObserver;
  readonly #views: IntersectionObserver;
  #isSeen = true;
  /** What was drawn last, and when. */
  #stamp: string;
  #drawn = performance.now();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(element: HTMLElement, props: () => ChartProps, height: number) {
    this.#props = props;
    this.#stamp = stampOf(props());
    const plot = new uPlot(optionsOf(props(), element, height), joined(props()), element);
    this.#plot = plot;
    this.#sizes = new ResizeObserver(() => {
      const width = Math.floor(element.clientWidth);
      if (width > 0 && width !== plot.width) plot.setSize({ width, height });
    });
    this.#sizes.observe(element);
    this.#views = new IntersectionObserver(([entry]) => {
      this.#isSeen = entry!.isIntersecting;
      this.update();
    });
    this.#views.observe(element);
  }

  /** Draws what has changed, at once or as soon as it may. */
  update(): void {
    if (!this.#isSeen || this.#timer || stampOf(this.#props()) === this.#stamp) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#drawn = performance.now();
        this.#stamp = stampOf(this.#props());
        this.#plot.setData(joined(this.#props()));
      },
      Math.max(0, this.#drawn + drawEvery - performance.now()),
    );
  }

  end(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#sizes.disconnect();
    this.#views.disconnect();
    this.#plot.destroy();
  }
}

/** Curves grow at their end; one that has not is not drawn again. */
function stampOf({ curves }: ChartProps): string {
  return curves.map(({ label, x, y }) => [label, x.length, x.at(-1), y.at(-1)].join()).join("\n");
}

/** The last value of each curve. */
function spoken({ curves, format }: ChartProps): string {
  return curves
    .filter(({ look }) => look !== "thin")
    .map(({ label, y }) => {
      const value = y.at(-1) ?? null;
      return value === null ? label : `${label}: ${format(value)}`;
    })
    .join(", ");
}

/** All curves over the same places along x. */
function joined({ curves, isLogarithmic }: ChartProps): uPlot.AlignedData {
  const tables = curves.map(({ x, y }): uPlot.AlignedData => {
    const values = isLogarithmic ? y.map(onLogarithmicAxis) : y;
    return [x as number[], values as (number | null)[]];
  });
  if (tables.length === 0) return [[]];
  return tables.length === 1 ? tables[0]! : uPlot.join(tables);
}

/** Zeros have no place there; what is beyond the ends stands at them. */
function onLogarithmicAxis(value: number | null): number | null {
  return value === null || value <= 0 ? null : Math.min(Math.max(value, least), most);
}

function optionsOf(
  { curves, format, xLabel, isLogarithmic = false, hasLogarithmicX = false }: ChartProps,
  element: HTMLElement,
  height: number,
): uPlot.Options {
  const colour = coloursOf(element);
  const axis = {
    stroke: colour("soft"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { stroke: colour("line"), width: 1 },
    font: "12px system-ui, sans-serif",
  };
  return {
    width: Math.max(200, Math.floor(element.clientWidth)),
    height,
    cursor: { points: { size: 6 }, drag: { x: true, y: false } },
    scales: {
      x: { time: false, ...(hasLogarithmicX && { distr: 3 }) },
      y: isLogarithmic ? { distr: 3 } : {},
    },
    axes: [
      {
        ...axis,
        label: xLabel,
        labelSize: 18,
        labelFont: axis.font,
        size: 32,
        ...(hasLogarithmicX && {
          filter: (_, ticks) => ticks.map((tick) => (isPowerOfTen(tick) ? tick : null)),
          values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : tick.toExponential())),
        }),
      },
      { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : format(tick))) },
    ],
    legend: { live: true },
    series: [
      {
        label: xLabel,
        value: (_, value) =>
          value === null ? "" : hasLogarithmicX ? value.toPrecision(2) : String(Number(value.toFixed(2))),
      },
      ...curves.map(({ label, colour: name, look }): uPlot.Series => {
        const isThin = look === "thin";
        return {
          label,
          stroke: colour(name, isThin ? 0.3 : 1),
          width: isThin ? 1 : 2,
          ...(look === "dashed" && { dash: [6, 4] }),
          points: { show: look === "dashed", size: 5, fill: colour(name) },
          value: (_, value) => (value === null || value === undefined ? "–" : format(value)),
        };
      }),
    ],
  };
}

function isPowerOfTen(value: number): boolean {
  const power = Math.log10(value);
  return Math.abs(power - Math.round(power)) < 1e-9;
}
