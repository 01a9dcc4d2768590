export type Result<Value, Failure = Error> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure };

export function ok<Value>(value: Value): Result<Value, never> {
  return { ok: true, value };
}

export function fail<Failure>(error: Failure): Result<never, Failure> {
  return { ok: false, error };
}

export function mapResult<From, To, Failure>(
  result: Result<From, Failure>,
  change: (value: From) => To,
): Result<To, Failure> {
  return result.ok ? ok(change(result.value)) : result;
}

export async function attempt<Value>(task: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return ok(await task());
  } catch (cause) {
    return fail(cause instanceof Error ? cause : new Error(String(cause)));
  }
}

export function partition<Value, Failure>(
  results: readonly Result<Value, Failure>[],
): {
  readonly values: Value[];
  readonly errors: Failure[];
} {
  const values: Value[] = [];
  const errors: Failure[] = [];
  for (const result of results) {
    if (result.ok) values.push(result.value);
    else errors.push(result.error);
  }
  return { values, errors };
}
