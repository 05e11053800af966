// A learning rate for the form of a new run: looked for by a short run whose rate grows, whose curve says why.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { RateCurve } from "../../src/studio/shared/protocol.ts";
import { Chart } from "../chart.tsx";
import { figure } from "../format.ts";
import { findRate } from "../runs/api.ts";
import { lookOfPage } from "../theme.ts";
import { t } from "./texts.ts";

interface RateSearchProps {
  /** Whether the machine is taken by a run. */
  readonly isBusy: boolean;
  /** The options of the form as they are. */
  readonly options: () => Readonly<Record<string, string>>;
  readonly onChoice: (rate: number) => void;
}

/** The losses after the smallest are drawn up to this multiple of the first: the rise at the end would press everything else flat. */
const highest = 1.5;

/** The button, and what it found. */
export function RateSearch({ isBusy, options, onChoice }: RateSearchProps) {
  const curve = useSignal<RateCurve | null>(null);
  const error = useSignal("");
  const search = useRef<AbortController | null>(null);
  const isSearching = useSignal(false);
  useEffect(() => () => search.current?.abort(), []);

  const look = async () => {
    const own = new AbortController();
    search.current = own;
    isSearching.value = true;
    error.value = "";
    curve.value = null;
    try {
      curve.value = await findRate(options(), own.signal);
    } catch (problem) {
      if (!own.signal.aborted) error.value = problem instanceof Error ? problem.message : String(problem);
    } finally {
      isSearching.value = false;
    }
  };
  return (
    <div class="rate-search">
      {isSearching.value ? (
        <div class="row" aria-live="polite">
          <span class="soft">{t("searching")}</span>
          <button type="button" onClick={() => search.current?.abort()}>
            {t("cancel")}
          </button>
        </div>
      ) : (
        <div class="row">
          <button type="button" disabled={isBusy} onClick={() => void look()}>
            {t("findRate")}
          </button>
          <span class="soft">{t("findRateHelp")}</span>
        </div>
      )}
      {error.value !== "" && (
        <p class="problem" role="alert">
          {error.value}
        </p>
      )}
      {curve.value && <Found curve={curve.value} onChoice={onChoice} />}
    </div>
  );
}

function Found({ curve, onChoice }: { curve: RateCurve; onChoice: (rate: number) => void }) {
  const { rates, losses, smoothed } = curve;
  const rate = Number(curve.suggestion.toPrecision(2));
  const top = highest * (smoothed[0] ?? 1);
  const known = smoothed.filter((value) => value !== null);
  const bounded = (values: readonly (number | null)[]) =>
    values.map((value) => (value === null ? null : Math.min(value, top)));
  return (
    <>
      <Chart
        label={t("rateCurve")}
        curves={[
          { label: t("trainingLoss"), x: rates, y: bounded(losses), colour: "c0", look: "thin" },
          { label: t("smoothedLoss"), x: rates, y: bounded(smoothed), colour: "c0" },
          {
            label: t("suggested"),
            x: [rate, rate * 1.0001],
            y: [Math.min(top, ...known), top],
            colour: "c1",
            look: "dashed",
          },
        ]}
        xLabel={t("learningRate")}
        hasLogarithmicX
        format={(value) => figure(value, 3)}
        theme={lookOfPage.value}
      />
      <div class="row">
        <button type="button" onClick={() => onChoice(rate)}>
          {t("takeRate", { rate })}
        </button>
        <span class="soft">{t("takeRateHelp")}</span>
      </div>
    </>
  );
}
