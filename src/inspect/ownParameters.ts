// Which module a parameter is counted with.

import type { Module, Parameter, Part } from "../nn/module/module.ts";

/** A module's own parameters that no module before it has. */
export interface Owned {
  readonly parameters: Parameter[];
  hasShared: boolean;
}

/** The own parameters of all modules that have some; each parameter belongs to the module that comes first. */
export function ownParameters(model: Module): ReadonlyMap<Part, Owned> {
  const modules = new Map(model.namedModules());
  const owners = new Map<Parameter, Part>();
  const owned = new Map<Part, Owned>();
  for (const [name, parameter] of model.namedParameters()) {
    let path = name;
    while (path !== "" && !modules.has(path)) path = path.slice(0, Math.max(0, path.lastIndexOf(".")));
    const module = modules.get(path)!;
    const own = owned.get(module) ?? { parameters: [], hasShared: false };
    owned.set(module, own);
    const first = owners.get(parameter);
    if (!first) {
      owners.set(parameter, module);
      own.parameters.push(parameter);
    } else if (first !== module) own.hasShared = true;
  }
  return owned;
}

/** Elements of parameters, and of those among them that training changes. */
export function counts(parameters: readonly Parameter[]): { parameters: number; trainable: number } {
  const sum = (list: readonly Parameter[]) => list.reduce((total, { size }) => total + size, 0);
  return {
    parameters: sum(parameters),
    trainable: sum(parameters.filter(({ requiresGrad }) => requiresGrad)),
  };
}
