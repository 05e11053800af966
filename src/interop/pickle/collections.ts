// Python's own classes in pickles of weights.
import { itemsOf, kindOf, PickleFunction, type PickleValue } from "./values.ts";

/** `collections.OrderedDict`, empty or of a list of pairs. */
const orderedDict = new PickleFunction("collections.OrderedDict", ([items], fail) => {
  const pairs = items === undefined ? [] : itemsOf(items, "items", fail);
  return new Map(
    pairs.map((pair): [PickleValue, PickleValue] => {
      const [key, value] = itemsOf(pair, "an item", fail);
      return key === undefined || value === undefined ? fail("an item is no pair") : [key, value];
    }),
  );
});

/** `collections.Counter`, in which schedules keep their milestones. */
const counter = new PickleFunction("collections.Counter", ([counts], fail) => {
  if (counts === undefined) return new Map();
  return counts instanceof Map ? counts : fail(`expected a dictionary; found ${kindOf(counts)}`);
});

/** `set`, for which protocol 2 has no opcode. */
const set = new PickleFunction("set", ([items], fail) => new Set(itemsOf(items ?? [], "items", fail)));

/** Globals of Python, by the names of versions 2 and 3. */
export const pythonGlobals: readonly (readonly [string, PickleValue])[] = [
  ["collections OrderedDict", orderedDict],
  ["collections Counter", counter],
  ["builtins set", set],
  ["__builtin__ set", set],
];
