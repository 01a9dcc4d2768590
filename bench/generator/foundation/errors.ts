export type ErrorCode = "not-found" | "conflict" | "invalid" | "unavailable" | "forbidden";

export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "AppError";
  }
}

export function notFound(kind: string, id: string): AppError {
  return new AppError("not-found", `There is no ${kind} ${id}.`, { kind, id });
}

export function isTransient(error: unknown): boolean {
  return error instanceof AppError && error.code === "unavailable";
}

const statuses: Record<ErrorCode, number> = {
  "not-found": 404,
  conflict: 409,
  invalid: 422,
  unavailable: 503,
  forbidden: 403,
};

export function statusOf(error: unknown): number {
  return error instanceof AppError ? statuses[error.code] : 500;
}
