import { AWAITED, every, everyMember, HANDLER } from "./every.ts";
import type { CallModel, PackageModel } from "./primitive.ts";

// Web servers. Express is left to its types: version 4 drops the promise of a handler and its
// types say `void`, version 5 waits for it and its types admit a promise.

const METHODS = ["get", "post", "put", "patch", "delete", "options", "head", "all"];

const HANDLES: CallModel = {
  reason: "The framework waits for the promise of a handler and answers with its error.",
  callbacks: { rest: HANDLER },
};

export const servers: readonly PackageModel[] = [
  {
    modules: ["fastify"],
    calls: {
      ...everyMember(["FastifyInstance"], ["register", "after", "ready"], {
        reason:
          "Plugins are loaded by the instance whether or not somebody waits for this thenable: " +
          "https://fastify.dev/docs/latest/Reference/Plugins/.",
        result: "floats",
        callbacks: { 0: AWAITED },
      }),
      ...everyMember(
        ["FastifyInstance"],
        [...METHODS, "addHook", "setErrorHandler", "setNotFoundHandler", "preHandler"],
        HANDLES,
      ),
      ...everyMember(["FastifyReply"], ["send", "redirect", "code", "status", "header"], {
        reason: "A reply is a thenable so that it can be awaited; it is sent either way.",
        result: "floats",
      }),
    },
    types: {
      FastifyReply: {
        reason: "A reply is a thenable so that it can be awaited; it is sent either way.",
        promise: "floats",
      },
    },
  },
  {
    modules: ["koa", "@koa/router", "koa-router"],
    calls: {
      ...every(["Application.use"], HANDLES),
      ...everyMember(["Router"], [...METHODS, "use", "param"], HANDLES),
    },
  },
  {
    modules: ["hono"],
    calls: everyMember(["Hono"], [...METHODS, "use", "on", "onError", "notFound"], HANDLES),
  },
];
