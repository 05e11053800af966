// Python's own classes in pickles of weights.
import { itemsOf, PickleFunction, type PickleValue } from "./values.ts";

/** `collections.OrderedDict`, empty or of a list of pairs. */
export const orderedDict = new PickleFunction("collections.OrderedDict", ([items], fail) => {
  const pairs = items === undefined ? [] : itemsOf(items, "items", fail);
  return new Map(
    pairs.map((pair): [PickleValue, PickleValue] => {
      const [key, value] = itemsOf(pair, "an item", fail);
      return key === undefined || value === undefined ? fail("an item is no pair") : [key, value];
    }),
  );
});
