import workerpool from "workerpool";
import { increment } from "./tasks.mjs";

workerpool.worker({ increment });
