import { push } from "our-queue";
push();
