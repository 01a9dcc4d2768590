import { parentPort } from "node:worker_threads";
import { increment } from "./tasks.mjs";

parentPort.on("message", (value) => parentPort.postMessage(increment(value)));
