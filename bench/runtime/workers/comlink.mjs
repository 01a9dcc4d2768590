import { parentPort } from "node:worker_threads";
import { expose } from "comlink";
import endpoint from "comlink/dist/esm/node-adapter.mjs";
import { increment } from "./tasks.mjs";

expose({ increment }, endpoint(parentPort));
