// So that `import { stream } from "mooring-runtime"` reads `stream.merge(a, b)`. Bundlers take namespaces apart.
export { buffered, type BufferedOptions } from "./buffered.ts";
export { chunks } from "./chunks.ts";
export { merge } from "./merge.ts";
export { takeUntil } from "./take-until.ts";
export { throttle } from "./throttle.ts";
