import { statusOf } from "./errors.js";

export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

export interface Response {
  readonly status: number;
  readonly body?: unknown;
}

export type Handler = (request: Request) => Promise<Response>;
export type Middleware = (next: Handler) => Handler;

export class Router {
  readonly #routes = new Map<string, Handler>();

  add(
    method: Request["method"],
    path: string,
    handler: Handler,
    ...around: readonly Middleware[]
  ): this {
    let wrapped = handler;
    for (const middleware of around) wrapped = middleware(wrapped);
    this.#routes.set(`${method} ${path}`, wrapped);
    return this;
  }

  async dispatch(request: Request): Promise<Response> {
    const handler = this.#routes.get(`${request.method} ${request.path}`);
    if (handler === undefined) return { status: 404 };
    try {
      return await handler(request);
    } catch (error) {
      return {
        status: statusOf(error),
        body: { message: error instanceof Error ? error.message : "unknown" },
      };
    }
  }
}

export function json(body: unknown, status = 200): Response {
  return { status, body };
}

export function parameter(request: Request, name: string): string {
  return request.parameters[name] ?? "";
}
