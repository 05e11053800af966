// Hands on a run: pause, stop, another learning rate; and taking an interrupted one up again.
import { useSignal } from "@preact/signals";
import type { Hand } from "../../src/studio/shared/protocol.ts";
import { figure } from "../format.ts";
import { lendHand, resumeRun } from "../runs/api.ts";
import { modelOf, type ShownRun } from "../runs/runStore.ts";
import { runs } from "../state.ts";
import { t } from "./texts.ts";

/** The buttons that the run's state allows. */
export function Hands({ run, isLive }: { run: ShownRun; isLive: boolean }) {
  const { id } = run;
  const model = modelOf(run);
  const problem = useSignal("");
  const attempt = async (work: () => Promise<unknown>) => {
    problem.value = "";
    try {
      await work();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  const lend = (hand: Hand) => void attempt(() => lendHand(id, hand));
  if (!model) return null;
  const canResume = !isLive && (model.status === "interrupted" || model.status === "failed");
  if (!isLive && !canResume) return null;
  const rate = model.now?.firstRate ?? null;
  return (
    <section class="row hands" aria-label={t("hands")}>
      {canResume && (
        <button
          type="button"
          disabled={runs.value.some((run) => run.isLive)}
          onClick={() => void attempt(() => resumeRun(id))}
        >
          {t("resume")}
        </button>
      )}
      {isLive && (
        <>
          {model.status === "paused" ? (
            <button type="button" class="primary" onClick={() => lend({ action: "resume" })}>
              {t("goOn")}
            </button>
          ) : (
            <button
              type="button"
              disabled={model.status !== "running"}
              onClick={() => lend({ action: "pause" })}
            >
              {t("pause")}
            </button>
          )}
          <button
            type="button"
            disabled={model.status === "stopping"}
            onClick={() => lend({ action: "finish" })}
          >
            {t("finish")}
          </button>
          <button
            type="button"
            disabled={model.status === "stopping"}
            onClick={() => lend({ action: "stop" })}
          >
            {t("stop")}
          </button>
          {rate !== null && <Rate rate={rate} onChange={(value) => lend({ action: "rate", rate: value })} />}
        </>
      )}
      {problem.value !== "" && (
        <span class="problem" role="alert">
          {problem.value}
        </span>
      )}
    </section>
  );
}

/** The first rate of the schedule: to be halved, doubled, or typed. */
function Rate({ rate, onChange }: { rate: number; onChange: (rate: number) => void }) {
  const typed = useSignal("");
  const set = (event: Event) => {
    event.preventDefault();
    if (typed.value.trim() !== "") onChange(Number(typed.value));
    typed.value = "";
  };
  return (
    <form class="row rate" onSubmit={set}>
      <label for="rate">{t("rate")}</label>
      <input
        id="rate"
        type="text"
        inputMode="decimal"
        autocomplete="off"
        placeholder={figure(rate)}
        value={typed.value}
        onInput={({ currentTarget }) => {
          typed.value = currentTarget.value;
        }}
      />
      <button type="submit">{t("setRate")}</button>
      <button type="button" aria-label={t("half")} title={t("half")} onClick={() => onChange(rate / 2)}>
        ½
      </button>
      <button type="button" aria-label={t("double")} title={t("double")} onClick={() => onChange(rate * 2)}>
        ×2
      </button>
    </form>
  );
}
