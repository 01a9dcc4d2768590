import { createConnection } from "vscode-languageserver/node";
import { serve } from "./server.ts";

// Connects the transport; nothing else. Clients choose it by --stdio, --node-ipc, --socket or --pipe;
// people who start it by hand get what can be typed into.
if (!process.argv.some((it) => /^--(?:stdio|node-ipc|socket|pipe)/.test(it))) {
  process.argv.push("--stdio");
}

const connection = createConnection();
serve(connection, () => import("./core.ts"));
connection.listen();
