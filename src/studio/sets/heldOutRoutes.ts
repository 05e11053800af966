// What the tab Mistakes asks for: which pictures were held back, and samples of public sets as bytes.
import { HttpError, send, sendJson } from "../server/http.ts";
import type { Route } from "../server/server.ts";
import { type HeldOutAnswer, type HeldOutChoice, heldOutChoices, mostSamples } from "../shared/heldOut.ts";
import type { SetShelf } from "./shelf.ts";

/** The routes. */
export function heldOutRoutes(shelf: SetShelf): Route[] {
  return [
    {
      method: "GET",
      path: ["api", "held-out", "*", "*"],
      answer: async (_, response, parts) => {
        const choice = heldOutChoices.find((one) => one === parts[2]);
        if (!choice) throw new HttpError(400, `known parts are ${heldOutChoices.join(", ")}`);
        sendJson(response, await heldOutOf(shelf, decoded(parts[3]!), choice));
      },
    },
    {
      method: "GET",
      path: ["api", "sets", "*", "samples", "*", "*"],
      answer: async (_, response, parts) => {
        const [from, count] = [countOf(parts[4]!), countOf(parts[5]!)];
        if (count < 1 || count > mostSamples) {
          throw new HttpError(400, `1 to ${mostSamples} samples are had at once; got ${count}`);
        }
        send(response, 200, "application/octet-stream", await shelf.samples(parts[2]!, from, count));
      },
    },
  ];
}

async function heldOutOf(shelf: SetShelf, data: string, choice: HeldOutChoice): Promise<HeldOutAnswer> {
  const place = shelf.placeOfData(data);
  if (place.kind === "folder") {
    const { files, ...held } = await shelf.heldOut(place, choice);
    const { names } = await shelf.answer(place.id);
    const numbers = new Map(names.map((name, i) => [name, i]));
    const indices = files.map((file) => numbers.get(file) ?? -1);
    if (indices.includes(-1)) {
      throw new HttpError(409, `the pictures of ${place.name} have changed; ask again`);
    }
    return { set: place.id, ...held, indices, shape: null };
  }
  if (choice === "val") throw new HttpError(400, `${place.name} has test pictures alone`);
  const { classes, splits, shape } = place.set;
  const test = splits.find(({ name }) => name === "test");
  if (!test) throw new HttpError(404, `${place.name} has no test pictures`);
  const { labels } = await shelf.answer(place.id);
  return {
    set: place.id,
    part: "test",
    chosenBy: true,
    classes,
    indices: Array.from({ length: test.count }, (_, i) => test.from + i),
    labels: labels.slice(test.from, test.from + test.count),
    shape,
  };
}

function countOf(part: string): number {
  if (/^\d{1,9}$/.test(part)) return Number(part);
  throw new HttpError(400, `${JSON.stringify(part)} is no number of a sample`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, "the address is not well-formed");
  }
}
