import { z } from "zod";
import { LabError } from "../core/errors";
import { embedOps } from "./embedOps";
import { evaluateOps } from "./evaluateOps";
import { type Op, op, PROTOCOL } from "./protocol";
import type { Session } from "./session";
import { trainOps } from "./trainOps";

/** Compares versions; must come first. */
const hello: Op<Session> = op("hello", {
  params: z.object({ protocol: z.unknown() }),
  run: (session, { protocol }) => {
    if (protocol !== PROTOCOL) {
      throw new LabError(
        `Cannot work together: protocol ${PROTOCOL} is wanted, current value is ${JSON.stringify(protocol) ?? "none"}`,
      );
    }
    session.greeted = true;
    return { result: { protocol: PROTOCOL, pid: process.pid, node: process.version, ops: Object.keys(ops) } };
  },
});

/** Everything that a worker can be asked, by name. */
export const ops: Readonly<Record<string, Op<Session>>> = { hello, ...embedOps, ...trainOps, ...evaluateOps };
