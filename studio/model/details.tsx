// The chosen layer or block: its figures, what the review says of it, and what it sees of a picture.

import type { GraphNode, NetworkDescription } from "../../src/studio/shared/networks.ts";
import { ruleText } from "../findings/findingCard.tsx";
import { count, percent } from "../format.ts";
import { designInChinese } from "./designTexts.ts";
import { FieldView } from "./fieldView.tsx";
import { ancestors, type Item, type View } from "./fold.ts";
import { isIn } from "./graphDrawing.tsx";
import { isDepthwise, kindOf, kindTexts, pairText, shapeText } from "./labels.ts";
import { t } from "./texts.ts";

interface DetailsProps {
  readonly network: NetworkDescription;
  readonly view: View;
  readonly item: Item | null;
  readonly folded: ReadonlySet<number>;
  readonly onFold: (folded: ReadonlySet<number>) => void;
}

/** The card. */
export function Details({ network, view, item, folded, onFold }: DetailsProps) {
  if (!item) {
    return (
      <section class="card" aria-label={t("layer")}>
        <p class="soft">{t("chooseLayer")}</p>
      </section>
    );
  }
  const { group, members } = item;
  const last = members.at(-1)!;
  const node = group ? null : last;
  const kind = kindOf(item);
  const name = group ? group.name : last.name || t("kindInput");
  const path = group ? group.path : last.path;
  return (
    <section class="card details" aria-labelledby="details-title">
      <h3 id="details-title">
        <span class={`dot kind-${kind}`} /> {name} {path !== "" && <code>{path}</code>}
        {node && node.call > 1 && <span class="soft"> {t("call", { call: node.call })}</span>}
      </h3>
      <Folding network={network} item={item} folded={folded} onFold={onFold} />
      <dl class="figures">
        <Figure name={t("kind")} text={kind === "group" ? t("kindGroup") : t(kindTexts[kind])} />
        <Shapes name={t("inputs")} shapes={inputsOf(view, item)} />
        <Shapes name={t("output")} shapes={last.outputs} />
        {node?.window && <Window node={node} />}
        <Sums network={network} members={members} />
      </dl>
      {network.findings
        .filter(({ layer }) => isIn(item, layer))
        .map((finding, i) => {
          const { title, fix, lang } = ruleText(finding, designInChinese);
          return (
            <p key={`${finding.id} ${i}`} class={`finding ${finding.severity}`}>
              <strong lang={lang}>{title}</strong> <span lang="en">{finding.evidence}</span>{" "}
              <span class="fix" lang={lang}>
                {fix}
              </span>
            </p>
          );
        })}
      <FieldView key={last.id} network={network} node={last} />
    </section>
  );
}

function Figure({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function Shapes({ name, shapes }: { name: string; shapes: readonly (readonly number[])[] }) {
  return shapes.length === 0 ? null : <Figure name={name} text={shapes.map(shapeText).join(", ")} />;
}

/** What goes into an item, each shape once. */
function inputsOf({ links }: View, { key }: Item): (readonly number[])[] {
  const shapes = links.flatMap(({ to, shape }) => (to === key ? [shape] : []));
  return [...new Map(shapes.map((shape) => [shape.join(), shape])).values()];
}

function Window({ node }: { node: GraphNode }) {
  const { kernel, stride, padding, dilation, groups } = node.window!;
  const isDilated = dilation.some((step) => step > 1);
  return (
    <>
      <Figure name={t("kernel")} text={kernel.join("×")} />
      <Figure name={t("stride")} text={pairText(stride)} />
      <Figure name={t("padding")} text={pairText(padding)} />
      {isDilated && <Figure name={t("dilation")} text={pairText(dilation)} />}
      {groups > 1 && (
        <Figure
          name={t("groups")}
          text={isDepthwise(node) ? t("depthwise", { count: groups }) : String(groups)}
        />
      )}
    </>
  );
}

function Sums({ network, members }: { network: NetworkDescription; members: readonly GraphNode[] }) {
  const sum = (value: (node: GraphNode) => number) => members.reduce((total, node) => total + value(node), 0);
  const [parameters, trainable] = [sum((node) => node.parameters), sum((node) => node.trainable)];
  const multiplyAdds = sum((node) => node.multiplyAdds);
  const share = (value: number, all: number) =>
    value === 0 ? "0" : t("ofAll", { count: count(value), percent: percent(value / all) });
  return (
    <>
      <Figure name={t("parameters")} text={share(parameters, network.totals.parameters)} />
      {trainable < parameters && (
        <Figure
          name={t("parameters")}
          text={t("trainable", { count: count(parameters), trainable: count(trainable) })}
        />
      )}
      <Figure name={t("multiplyAdds")} text={share(multiplyAdds, network.totals.multiplyAdds)} />
    </>
  );
}

/** Unfolds the block, or folds one of those around the layer. */
function Folding({
  network: { graph },
  item: { group, members },
  folded,
  onFold,
}: Omit<DetailsProps, "item" | "view"> & { item: Item }) {
  if (group) {
    const open = () => onFold(new Set([...folded].filter((id) => id !== group.id)));
    return (
      <button type="button" onClick={open}>
        {t("unfold")}
      </button>
    );
  }
  const around = ancestors(graph, members[0]!.group).filter((id) => graph.groups[id]!.parent !== null);
  if (around.length === 0) return null;
  return (
    <p class="row">
      {around.map((id) => (
        <button key={id} type="button" onClick={() => onFold(new Set([...folded, id]))}>
          {t("fold", { name: graph.groups[id]!.path })}
        </button>
      ))}
    </p>
  );
}
