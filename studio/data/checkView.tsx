// What is wrong with the set: the check's progress, its findings by weight, and the pictures of one finding side by side.
import { useSignal } from "@preact/signals";
import type { CheckAnswer, CheckFinding } from "../../src/studio/shared/check.ts";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { count } from "../format.ts";
import { Cases } from "./cases.tsx";
import { cancelCheck, check, checkProblem, startCheck } from "./checkStore.ts";
import { wordsOf } from "./findingWords.ts";
import { type Key, t } from "./texts.ts";

const severities: Readonly<Record<CheckFinding["severity"], Key>> = {
  error: "error",
  warning: "warning",
  note: "note",
};

/** The view. */
export function CheckView({ set }: { set: SetAnswer }) {
  const answer = check.value;
  const problem = checkProblem.value ?? (answer?.status === "failed" ? answer.problem : null);
  return (
    <div class="check">
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {answer && <Progress answer={answer} />}
      {answer?.status === "done" && <Findings set={set} findings={answer.result.findings} />}
    </div>
  );
}

function Progress({ answer }: { answer: CheckAnswer }) {
  if (answer.status === "running") {
    const { done, total } = answer;
    return (
      <div class="row">
        <progress max={Math.max(1, total)} value={done} aria-label={t("checking")} />
        <span class="soft">{t("checked", { done: count(done), total: count(total) })}</span>
        <button type="button" onClick={cancelCheck}>
          {t("cancel")}
        </button>
      </div>
    );
  }
  const isDone = answer.status === "done";
  return (
    <div class="row">
      <button type="button" class={isDone ? "" : "primary"} onClick={startCheck}>
        {t(isDone ? "checkAgain" : "startCheck")}
      </button>
      <span class="soft">{isDone ? summaryOf(answer.result) : t("checkHint")}</span>
    </div>
  );
}

function summaryOf({
  pictures,
  readable,
  sizes,
}: Extract<CheckAnswer, { status: "done" }>["result"]): string {
  const values = { pictures: count(pictures), readable: count(readable) };
  if (!sizes) return t("read", values);
  const [small, large] = [sizes.smallest.join(" × "), sizes.largest.join(" × ")];
  return small === large
    ? t("readOneSize", { ...values, size: small })
    : t("readSizes", { ...values, small, large });
}

function Findings({ set, findings }: { set: SetAnswer; findings: readonly CheckFinding[] }) {
  const chosen = useSignal<CheckFinding["id"] | null>(null);
  const [first] = findings;
  if (!first) return <p class="good">{t("nothingFound")}</p>;
  const shown = findings.find(({ id }) => id === chosen.value) ?? first;
  return (
    <div class="findings">
      <ul aria-label={t("findings")}>
        {findings.map((finding) => (
          <li key={finding.id}>
            <button
              type="button"
              class={finding.severity}
              aria-current={finding === shown ? "true" : undefined}
              onClick={() => {
                chosen.value = finding.id;
              }}
            >
              <span class="badge">{t(severities[finding.severity])}</span>
              <span class="name">{wordsOf(finding).title}</span>
              <span class="soft">{count(finding.count)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Detail key={shown.id} set={set} finding={shown} />
    </div>
  );
}

function Detail({ set, finding }: { set: SetAnswer; finding: CheckFinding }) {
  const { title, rule, why, fix } = wordsOf(finding);
  return (
    <article aria-labelledby="finding-title">
      <h2 id="finding-title">{title}</h2>
      <p>{why}</p>
      <p>→ {fix}</p>
      <p class="hint">{t("rule", { rule })}</p>
      <Cases set={set} finding={finding} />
    </article>
  );
}
