// What a network costs in all: parameters, work, and the memory of a pass and of training.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { NetworkDescription } from "../../src/studio/shared/networks.ts";
import { count } from "../format.ts";
import { loadMemory } from "./api.ts";
import { bytesText } from "./labels.ts";
import { t } from "./texts.ts";

const largestBatch = 65_536;
/** Time without a keystroke after which a batch is asked for, ms. */
const patience = 300;

/** The sums. */
export function Totals({ network }: { network: NetworkDescription }) {
  const { parameters, frozen, parameterBytes, multiplyAdds, passBytes } = network.totals;
  return (
    <section class="card" aria-label={t("totals")}>
      <dl class="tiles">
        <div>
          <dt>{t("parameters")}</dt>
          <dd>{count(parameters)}</dd>
          <dd class="soft">
            {bytesText(parameterBytes)}
            {frozen > 0 && ` · ${t("frozen", { count: count(frozen) })}`}
          </dd>
        </div>
        <div>
          <dt>{t("multiplyAdds")}</dt>
          <dd>{count(multiplyAdds)}</dd>
          <dd class="soft">{t("perPicture")}</dd>
        </div>
        <div>
          <dt>{t("onePass")}</dt>
          <dd>{passBytes === null ? t("memoryUnknown") : bytesText(passBytes)}</dd>
          <dd class="soft">{t("withoutGradients")}</dd>
        </div>
        <TrainingMemory network={network} />
      </dl>
    </section>
  );
}

function TrainingMemory({ network }: { network: NetworkDescription }) {
  const batch = useSignal(64);
  const answer = useSignal<{ readonly batch: number; readonly text: string } | null>(null);
  const { model, input, classes } = network;
  const wanted = batch.value;
  useEffect(() => {
    let isWanted = true;
    const give = (text: string) => {
      if (isWanted) answer.value = { batch: wanted, text };
    };
    const timer = setTimeout(() => {
      loadMemory({ model, input, classes }, wanted).then(
        ({ bytes }) => give(bytes === null ? t("memoryUnknown") : bytesText(bytes)),
        (problem: unknown) => give(problem instanceof Error ? problem.message : String(problem)),
      );
    }, patience);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [wanted, model, input, classes]);
  return (
    <div>
      <dt>
        <label>
          {t("training")} · {t("batch")}{" "}
          <input
            type="number"
            class="short"
            min="1"
            max={largestBatch}
            value={wanted}
            onInput={({ currentTarget: { valueAsNumber } }) => {
              if (valueAsNumber >= 1 && valueAsNumber <= largestBatch)
                batch.value = Math.round(valueAsNumber);
            }}
          />
        </label>
      </dt>
      <dd aria-live="polite">{answer.value?.batch === wanted ? answer.value.text : t("measuring")}</dd>
      <dd class="soft">{t("trainingHelp")}</dd>
    </div>
  );
}
