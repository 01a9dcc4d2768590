import type { TypeName } from "../engine/type-engine.ts";
import type { CallModel, PackageModel, TypeModel } from "./primitive.ts";

/** The models in force, by module and name. */
export interface Models {
  call(callee: TypeName | undefined): CallModel | undefined;
  type(type: TypeName | undefined): TypeModel | undefined;
}

/** Later packages win over earlier ones, so that a user's configuration can correct ours. */
export function modelsOf(packages: readonly PackageModel[]): Models {
  const calls = new Map<string, CallModel>();
  const types = new Map<string, TypeModel>();
  for (const { modules, ...model } of packages) {
    for (const module of modules) {
      for (const [name, it] of Object.entries(model.calls ?? {})) calls.set(key(module, name), it);
      for (const [name, it] of Object.entries(model.types ?? {})) types.set(key(module, name), it);
    }
  }
  return {
    call: (it) => it && (calls.get(key(it.module, it.name)) ?? calls.get(memberOfAny(it))),
    type: (it) => it && types.get(key(it.module, it.name)),
  };
}

/** `*.on` speaks of a method whatever the type, where each type declares its own. */
function memberOfAny({ module, name }: TypeName): string {
  const dot = name.lastIndexOf(".");
  return key(module, dot < 0 ? name : `*${name.slice(dot)}`);
}

function key(module: string, name: string): string {
  return `${module} ${name}`;
}
