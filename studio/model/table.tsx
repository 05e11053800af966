// The network as a table: the rows of `fovea summary`.
import type { NetworkDescription, PlainRow } from "../../src/studio/shared/networks.ts";
import { count } from "../format.ts";
import { bytesText, perAxis } from "./labels.ts";
import { t } from "./texts.ts";

/** Levels that are indented: a class of the style sheet each. */
const deepest = 6;

interface LayerTableProps {
  readonly network: NetworkDescription;
  readonly onChoose: (path: string) => void;
  readonly chosenPath: string | null;
}

/** The table. */
export function LayerTable({ network, onChoose, chosenPath }: LayerTableProps) {
  return (
    <div class="layerTable">
      <table>
        <thead>
          <tr>
            {(
              ["layer", "output", "parameters", "multiplyAdds", "memory", "field", "jump", "centre"] as const
            ).map((key) => (
              <th key={key} scope="col">
                {t(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {network.rows.map((row) => (
            <Row
              key={`${row.path} ${row.call}`}
              row={row}
              isChosen={row.path !== "" && row.path === chosenPath}
              onChoose={onChoose}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  row,
  isChosen,
  onChoose,
}: {
  row: PlainRow;
  isChosen: boolean;
  onChoose: (path: string) => void;
}) {
  const { path, name, depth, call, outputs, parameters, multiplyAdds, bytes, field } = row;
  const axes = (field ?? []).filter(({ input }) => input === field![0]!.input);
  const moves = axes.some(({ jump }) => jump > 0);
  return (
    <tr class={isChosen ? "chosen" : ""}>
      <th scope="row" class={`level${Math.min(depth, deepest)}`}>
        <button
          type="button"
          class="plain"
          disabled={path === "" || call === 0}
          onClick={() => onChoose(path)}
        >
          {path.split(".").at(-1)} <span class="soft">{name}</span>
        </button>
        {call > 1 && <span class="soft"> {t("call", { call })}</span>}
      </th>
      <td>{call === 0 ? t("notCalled") : outputs.map((shape) => shape.slice(1).join("×")).join(" ")}</td>
      <td>{parameters > 0 ? count(parameters) : ""}</td>
      <td>{multiplyAdds > 0 ? count(multiplyAdds) : ""}</td>
      <td>{call === 0 ? "" : bytesText(bytes)}</td>
      <td>{axes.length > 0 ? perAxis(axes, (axis) => axis.field) : ""}</td>
      <td>{moves ? perAxis(axes, ({ jump }) => jump) : ""}</td>
      <td>{moves ? perAxis(axes, ({ centre }) => centre) : ""}</td>
    </tr>
  );
}
