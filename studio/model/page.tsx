// The page Model: a network as a graph or a table, a layer's figures and what it sees, and what the review of its design says.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { NetworkAnswer, NetworkDescription } from "../../src/studio/shared/networks.ts";
import { percent } from "../format.ts";
import { preferences, runs } from "../state.ts";
import { loadNetwork, loadNetworkOf } from "./api.ts";
import { Chooser, type Chosen, chosen } from "./chooser.tsx";
import { Details } from "./details.tsx";
import { Findings } from "./findings.tsx";
import { foldedAtFirst, keyOf, placeOf, viewOf } from "./fold.ts";
import { GraphView } from "./graphView.tsx";
import { LayerTable } from "./table.tsx";
import { t } from "./texts.ts";
import { Totals } from "./totals.tsx";

/** The page. */
export function ModelPage() {
  const run = runOnView();
  const what: Chosen | null = chosen.value ?? (run === null ? null : { run });
  const key = JSON.stringify(what);
  const answer = useSignal<{ key: string; found: NetworkAnswer | null; error: string | null } | null>(null);
  useEffect(() => {
    if (!what) return;
    let isWanted = true;
    const give = (found: NetworkAnswer | null, error: string | null) => {
      if (isWanted) answer.value = { key, found, error };
    };
    const asked = "run" in what ? loadNetworkOf(what.run) : loadNetwork(what.choice);
    asked.then(
      (found) => give(found, null),
      (problem: unknown) => give(null, problem instanceof Error ? problem.message : String(problem)),
    );
    return () => {
      isWanted = false;
    };
  }, [key]);
  const current = answer.value?.key === key ? answer.value : null;
  return (
    <div class="model">
      <h1 class="hidden">{t("model")}</h1>
      <Chooser run={run} />
      {what === null && <p class="soft">{t("noRuns")}</p>}
      {what !== null && current === null && (
        <p class="soft" role="status">
          {t("looking")}
        </p>
      )}
      {current?.error && (
        <p class="problem" role="alert">
          {current.error}
        </p>
      )}
      {current?.found && <Answer key={key} found={current.found} run={run} />}
    </div>
  );
}

/** The run that is looked at on the page Train, or the newest. */
function runOnView(): string | null {
  const known = new Set(runs.value.map(({ id }) => id));
  return preferences.value.shown.find((id) => known.has(id)) ?? runs.value[0]?.id ?? null;
}

function Answer({ found, run }: { found: NetworkAnswer; run: string | null }) {
  switch (found.kind) {
    case "network":
      return <Network network={found} />;
    case "no-weights":
      return <p class="card">{t("noWeights", { run: run ?? "", model: found.model })}</p>;
    case "own-network":
      return <p class="card">{t("ownNetwork", { model: found.model })}</p>;
  }
}

function Network({ network }: { network: NetworkDescription }) {
  const { graph, model, classes, input, data, epoch, accuracy } = network;
  const folded = useSignal<ReadonlySet<number>>(useMemo(() => foldedAtFirst(graph), [graph]));
  const selected = useSignal<string | null>(null);
  const isTable = useSignal(false);
  const view = useMemo(() => viewOf(graph, folded.value), [graph, folded.value]);
  const item = view.items.find(({ key }) => key === selected.value) ?? null;
  const fold = (next: ReadonlySet<number>) => {
    const first = item?.members[0];
    folded.value = next;
    if (first) selected.value = keyOf(graph, first, next);
  };
  const jump = (path: string) => {
    const place = placeOf(graph, path, folded.value);
    if (!place) return;
    folded.value = place.folded;
    selected.value = place.key;
  };
  const origin = [
    ...(data === "" ? [] : [t("trained", { data, epoch })]),
    ...(accuracy === null ? [] : [t("accuracy", { percent: percent(accuracy, 2) })]),
  ];
  return (
    <>
      <div class="row modelHead">
        <h2>{t("title", { model, classes, input: input.join("×") })}</h2>
        {origin.length > 0 && <span class="soft">{origin.join(" · ")}</span>}
      </div>
      <Totals network={network} />
      <div class="modelParts">
        <section class="card modelMain" aria-label={t(isTable.value ? "table" : "graph")}>
          <fieldset class="tabs">
            <legend class="hidden">{t("view")}</legend>
            {([false, true] as const).map((table) => (
              <button
                key={String(table)}
                type="button"
                aria-pressed={isTable.value === table}
                onClick={() => {
                  isTable.value = table;
                }}
              >
                {t(table ? "table" : "graph")}
              </button>
            ))}
          </fieldset>
          {isTable.value ? (
            <LayerTable network={network} onChoose={jump} chosenPath={item?.members[0]?.path ?? null} />
          ) : (
            <GraphView
              network={network}
              view={view}
              folded={folded.value}
              selected={selected.value}
              onSelect={(key) => {
                selected.value = key;
              }}
              onFold={fold}
            />
          )}
        </section>
        <div class="modelSide">
          <Details network={network} view={view} item={item} folded={folded.value} onFold={fold} />
          <Findings network={network} onJump={jump} />
        </div>
      </div>
    </>
  );
}
