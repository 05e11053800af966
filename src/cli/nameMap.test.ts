// Substitutions as sed writes them.
import assert from "node:assert/strict";
import { it } from "node:test";
import { OptionError } from "../base/errors.ts";
import { renamer } from "../interop/model/names.ts";
import { substitutions } from "./nameMap.ts";

const changed = (rules: string, name: string) => renamer(substitutions(rules))(name);

it("replaces once, or all with g, in order, with any mark and with groups", () => {
  assert.equal(changed("s/a/b/", "a.a"), "b.a");
  assert.equal(changed("s/a/b/g; s/b/c/", "a.a"), "c.b");
  assert.equal(changed(String.raw`s|^(\w+)\.(\d+)|\2/\1|`, "conv.3.weight"), "3/conv.weight");
  assert.equal(changed(String.raw`s/a\/b/x\/y/i;`, "A/B"), "x/y");
});

it("refuses what is no list of substitutions", () => {
  for (const rules of ["a=b", "s/a/", "s/a/b/x", "s/a/b/ s/c/d/", "s/(/x/"]) {
    assert.throws(() => substitutions(rules), OptionError, rules);
  }
});
