import { AWAITED, AWAITED_AND_RETURNED, every, everyMember, now } from "./every.ts";
import type { PackageModel } from "./primitive.ts";

const TYPED_ARRAYS = [
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
];
const ARRAYS = ["Array", "ReadonlyArray", ...TYPED_ARRAYS];
/** Whose `forEach` calls back for each entry and returns nothing. */
const COLLECTIONS = [
  ...ARRAYS,
  "Map",
  "ReadonlyMap",
  "Set",
  "ReadonlySet",
  "IteratorObject",
  "NodeListOf",
  "DOMTokenList",
  "Headers",
  "FormData",
  "URLSearchParams",
];

export const ecmascript: PackageModel = {
  modules: ["lib"],
  calls: {
    ...everyMember(COLLECTIONS, ["forEach"], {
      reason: "What the callback returns is ignored, so a promise is dropped.",
      callbacks: { 0: now("dropped") },
    }),
    ...everyMember(
      ["ObjectConstructor"],
      ["assign", "defineProperties", "defineProperty", "freeze", "seal", "setPrototypeOf"],
      {
        reason: "It gives back its first argument, which whoever made it looks after.",
        result: "floats",
      },
    ),
    ...everyMember(ARRAYS, ["map", "flatMap"], {
      reason: "The results are the elements of the new array, promises included.",
      callbacks: { 0: now("collected") },
    }),
    ...everyMember(
      [...ARRAYS, "IteratorObject"],
      ["some", "every", "find", "findIndex", "findLast", "findLastIndex"],
      {
        reason: "The result is tested for truth on the spot; a promise is always truthy.",
        callbacks: { 0: now("tested") },
      },
    ),
    ...everyMember(ARRAYS, ["filter"], {
      reason: "The result is tested for truth on the spot; a promise is always truthy.",
      callbacks: { 0: now("tested") },
    }),
    ...everyMember(ARRAYS, ["sort", "toSorted"], {
      reason: "The result is compared with zero on the spot; a promise is no number.",
      callbacks: { 0: now("compared") },
    }),
    ...everyMember([...ARRAYS, "IteratorObject"], ["reduce", "reduceRight"], {
      reason: "The result is handed to the next call as it is, and the last one is returned.",
      callbacks: { 0: now("returned") },
    }),
    ...everyMember(["IteratorObject"], ["filter"], {
      reason: "Iterator helpers are lazy: the callback runs while the result is iterated.",
      callbacks: { 0: { runs: "later", result: "tested", repeats: true } },
    }),
    ...everyMember(["IteratorObject"], ["map", "flatMap"], {
      reason: "Iterator helpers are lazy: the callback runs while the result is iterated.",
      callbacks: { 0: { runs: "later", result: "collected", repeats: true } },
    }),
    "ArrayConstructor.from": {
      reason: "The results are the elements of the new array, promises included.",
      callbacks: { 1: now("collected") },
    },
    "ArrayConstructor.fromAsync": {
      reason: "Each result is awaited before the next element is taken.",
      callbacks: { 1: { ...AWAITED, repeats: true } },
      observes: true,
    },
    ...every(["ObjectConstructor.groupBy", "MapConstructor.groupBy"], {
      reason: "The result is the key of the group; a promise is a key that nobody finds again.",
      callbacks: { 1: now("compared") },
    }),
    ...everyMember(["String"], ["replace", "replaceAll"], {
      reason: "The result is made a string on the spot: a promise becomes [object Promise].",
      callbacks: { 1: now("tested") },
    }),

    Promise: {
      reason: "The executor runs before the constructor returns; its result is ignored.",
      callbacks: { 0: { runs: "now", result: "dropped" } },
    },
    "Promise.then": {
      reason: "A promise that the callback returns is what the new promise follows.",
      callbacks: { 0: AWAITED_AND_RETURNED, 1: AWAITED_AND_RETURNED },
    },
    "Promise.catch": {
      reason: "A promise that the callback returns is what the new promise follows.",
      callbacks: { 0: AWAITED_AND_RETURNED },
    },
    "Promise.finally": {
      reason: "The new promise waits for what the callback returns, but not for its value.",
      callbacks: { 0: AWAITED },
    },
    "PromiseConstructor.try": {
      reason: "Calls back at once; what it returns or throws is what the promise becomes.",
      callbacks: { 0: { runs: "now", result: "returned" } },
    },
    "PromiseConstructor.allSettled": {
      reason: "Waits for all and reports rejections as values, so it never rejects itself.",
      result: "settles",
      observes: true,
    },
    ...everyMember(["PromiseConstructor"], ["all", "race", "any"], {
      reason: "Handles the rejection of each of its promises, the late ones by ignoring them.",
      observes: true,
    }),

    ...every(["JSON.parse", "URL", "decodeURI", "decodeURIComponent", "atob"], {
      reason: "Throws on malformed input, and input comes from outside more often than not.",
      throws: true,
    }),
    "AbortSignal.throwIfAborted": {
      reason: "Throwing when aborted is what it is for.",
      throws: true,
    },
    ...everyMember(
      ["Console"],
      ["log", "info", "warn", "error", "debug", "trace", "dir", "table"],
      {
        reason: "Prints what it is given: a promise is shown, not waited for.",
        observes: false,
      },
    ),
  },
};
