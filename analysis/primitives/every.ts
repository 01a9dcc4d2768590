import type { CallbackModel, CallModel } from "./primitive.ts";

// Small words for writing models.

/** The same statement about several calls. */
export function every<Model = CallModel>(
  names: readonly string[],
  model: Model,
): Record<string, Model> {
  return Object.fromEntries(names.map((name) => [name, model]));
}

/** The same statement about several methods of several types: `Array.map`, `Set.map`, … */
export function everyMember<Model = CallModel>(
  owners: readonly string[],
  methods: readonly string[],
  model: Model,
): Record<string, Model> {
  return every(
    owners.flatMap((owner) => methods.map((method) => `${owner}.${method}`)),
    model,
  );
}

/** Called during the call, any number of times. */
export function now(result: CallbackModel["result"]): CallbackModel {
  return { runs: "now", result, repeats: true };
}

/** Called once before the promise of the call settles, and waited for. */
export const AWAITED: CallbackModel = { runs: "awaited", result: "awaited" };

/** Like {@link AWAITED}, and its value is what the promise of the call gives. */
export const AWAITED_AND_RETURNED: CallbackModel = { runs: "awaited", result: "returned" };

/** Called once, some time after the call; nobody looks at the result. */
export const LATER: CallbackModel = { runs: "later", result: "dropped" };

/** A listener: called again and again, whether or not the last call has settled. */
export const LISTENER: CallbackModel = { runs: "later", result: "dropped", repeats: true };

/** A handler whose promise somebody waits for; several may be on their way at once. */
export const HANDLER: CallbackModel = { runs: "later", result: "awaited", repeats: true };
