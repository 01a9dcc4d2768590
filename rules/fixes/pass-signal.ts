import { type Edit, insertAfter } from "../../analysis/edit.ts";
import { type EmptySlot, emptySlot } from "../../analysis/facts/signal-slots.ts";
import type { Signal } from "../../analysis/facts/signals.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  methodCall,
  type Node,
  type NodeOf,
  sourceFileOf,
  startOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { indentOf } from "./statements.ts";

/** Puts a signal, as it is written at hand, where a call would take one. */
export function passSignal(slot: EmptySlot, { text, nullable }: Signal): Fix[] {
  if (nullable && !slot.nullable) return [];
  const edits = filled(slot, text);
  return [{ title: `Pass '${text}' on`, safety: "suggestion", edits }];
}

/** Says that the call is meant to go on: `undefined` where a signal could stand. */
export function passNoSignal(slot: EmptySlot): Fix[] {
  if (!slot.nullable) return [];
  const edits = filled(slot, "undefined");
  return [{ title: "Pass 'undefined': it is not to be cancelled", safety: "suggestion", edits }];
}

/** A limit of time, beside the signal that is at hand. */
export function passTimeout(slot: EmptySlot, signal: Signal | undefined): Fix[] {
  const limit = "AbortSignal.timeout(30_000)";
  const isSure = signal !== undefined && !signal.nullable;
  const text = isSure ? `AbortSignal.any([${signal.text}, ${limit}])` : limit;
  if (signal !== undefined && !isSure) return [];
  return [{ title: "Limit it to 30 seconds", safety: "suggestion", edits: filled(slot, text) }];
}

/** Where the call that an expression begins with takes an AbortSignal: `fetch(url)` in `fetch(url).then(…)`. */
export function abortSlotIn(expression: Node, program: Program): EmptySlot | undefined {
  const model = program.models.type({ name: "AbortSignal", module: "lib" })?.signal;
  if (model === undefined) return undefined;
  for (let at = unwrapped(expression); is.CallExpression(at); ) {
    const slot = emptySlot(at, model, program);
    if (slot !== undefined) return slot;
    at = unwrapped(methodCall(at)?.receiver ?? at.expression);
  }
  return undefined;
}

/** What has to change so that the text stands in the place. */
export function filled(slot: EmptySlot, text: string): Edit[] {
  const { call, position, member, options } = slot;
  const value = member === undefined ? text : propertyOf(member, text);
  if (options !== undefined) return [withProperty(options, value)];
  const left = Array.from({ length: position - call.arguments.length }, () => "undefined");
  const argument = member === undefined ? value : `{ ${value} }`;
  return [withArguments(call, [...left, argument].join(", "))];
}

function propertyOf(member: string, text: string): string {
  return member === text ? text : `${member}: ${text}`;
}

/** `{ a }` as `{ a, signal }`; over several lines where it is so already. */
export function withProperty(object: NodeOf<"ObjectLiteralExpression">, property: string): Edit {
  const { properties } = object;
  const last = properties.at(-1);
  const { fileName, text } = sourceFileOf(object);
  if (last === undefined) {
    return { file: fileName, start: startOf(object), end: object.end, text: `{ ${property} }` };
  }
  const hasComma = /^\s*,/.test(text.slice(last.end, object.end));
  const isTall = text.slice(startOf(object), startOf(last)).includes("\n");
  if (!isTall) return insertAfter(last, hasComma ? `, ${property}` : `, ${property}`);
  return insertAfter(last, `,\n${indentOf(last)}${property}`);
}

function withArguments(call: EmptySlot["call"], text: string): Edit {
  const last = call.arguments.at(-1);
  return last === undefined ? beforeClosing(call, text) : insertAfter(last, `, ${text}`);
}

function beforeClosing(call: Node, text: string): Edit {
  const { fileName } = sourceFileOf(call);
  return { file: fileName, start: call.end - 1, end: call.end - 1, text };
}
