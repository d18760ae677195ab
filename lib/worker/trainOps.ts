import { z } from "zod";
import { LabError } from "../core/errors";
import { stepIsFinite } from "../train/nonFinite";
import { Replica } from "../train/replica";
import { netSpecSchema, settingsSchema } from "../train/schemas";
import { matrixOf, type NamedArrays, shaped, shapedMatrix } from "./arrays";
import { listOf, namedList, type Op, op } from "./protocol";
import { held, type Session } from "./session";

/**
 * A training step over several workers: `forward` each chunk of the batch, `mine` the gathered embeddings on one worker, `backward` each chunk where it was
 * embedded, `apply` the summed gradient on all of them. Or gradients stay: `backward` adds them up here, `gradient` and `setGradient` are the two ends of a sum
 * over all workers, and `apply` is sent none. See `ParallelTrainer` for the order of sums.
 */

const count = z.number().int().min(0);
const chunk = z.strictObject({ chunk: count });
const images = { dtype: "float32", shape: "N × S × S × C" } as const;
const vector = { dtype: "float32", shape: "length" } as const;
const initSchema = z.strictObject({
  spec: netSpecSchema,
  settings: settingsSchema,
  classes: z.number().int().min(1).max(1e8),
});
const stateSchema = initSchema.extend({
  optimizerSteps: count,
  mine: z.array(z.number().int().min(0)).length(4),
});

function replaceReplica(session: Session, replica: Replica): void {
  session.replica?.dispose();
  session.replica = replica;
  session.chunks.clear();
  session.gradient = undefined;
}

function replicaOf(session: Session, op: string): Replica {
  return held(session, "replica", op, "init or setState");
}

function checkGradient(op: string, gradient: Float32Array, replica: Replica): void {
  if (gradient.length === replica.size) return;
  throw new LabError(`Cannot ${op}: ${replica.size} values are needed, current value is ${gradient.length}`);
}

function checkImages(op: string, shape: readonly number[], { net }: Replica): void {
  const { inputSize, channels } = net.spec;
  const [n, ...rest] = shape;
  if (n > 0 && rest.join() === [inputSize, inputSize, channels].join()) return;
  throw new LabError(
    `Cannot ${op}: images of N × ${inputSize} × ${inputSize} × ${channels} are wanted, current value is ${shape.join(" × ")}`,
  );
}

/** JSON has no NaN and no infinity: null stands for them. */
function jsonNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export const trainOps: Readonly<Record<string, Op<Session>>> = {
  /** A replica from the settings' seed. */
  init: op("init", {
    params: initSchema,
    arrays: { start: { ...vector, optional: true } },
    run: (session, { spec, settings, classes }, arrays) => {
      const start = arrays.start?.data as Float32Array | undefined;
      const replica = new Replica(spec, settings, { classes, start });
      replaceReplica(session, replica);
      return { result: { size: replica.size, digest: replica.digest() } };
    },
  }),

  /** Embeddings of one chunk as training sees them, n×D; its inputs are kept for `backward`. */
  forward: op("forward", {
    params: chunk,
    arrays: { images },
    run: (session, params, arrays) => {
      const replica = replicaOf(session, "forward");
      const { shape, data } = arrays.images;
      checkImages("forward", shape, replica);
      const inputs = { images: data as Float32Array, count: shape[0] };
      session.chunks.set(params.chunk, inputs);
      return { arrays: { embeddings: shapedMatrix(replica.embed(inputs.images, inputs.count)) } };
    },
  }),

  /** What the objective asks of all embeddings of the batch; `classes` are identities numbered from 0. */
  mine: op("mine", {
    params: z.strictObject({}),
    arrays: { embeddings: { dtype: "float32", shape: "N × D" }, classes: { dtype: "int32", shape: "N" } },
    run: (session, _, arrays) => {
      const replica = replicaOf(session, "mine");
      const embeddings = matrixOf(arrays, "embeddings");
      const classes = arrays.classes.data as Int32Array;
      if (classes.length !== embeddings.rows) {
        throw new LabError(
          `Cannot mine: ${embeddings.rows} classes are needed, current value is ${classes.length}`,
        );
      }
      const { gradient, trainedGradients, ...numbers } = replica.evaluate(
        embeddings,
        classes,
        new Float32Array(0),
      );
      const result = Object.fromEntries(
        Object.entries(numbers).map(([key, value]) => [key, jsonNumber(value)]),
      );
      return {
        result,
        arrays: { gradient: shapedMatrix(gradient), ...namedList("trained", trainedGradients) },
      };
    },
  }),

  /** dL/dw of one chunk from its dL/dx, and its batch-norm statistics. Moves nothing. With `keep` dL/dw is not sent but added to what was kept since the last step. */
  backward: op("backward", {
    params: chunk.extend({ keep: z.boolean().default(false) }),
    arrays: { gradient: { dtype: "float32", shape: "N × D" } },
    run: (session, params, arrays) => {
      const replica = replicaOf(session, "backward");
      const inputs = session.chunks.get(params.chunk);
      const wanted = matrixOf(arrays, "gradient");
      if (inputs?.count !== wanted.rows) {
        throw new LabError(
          `Cannot backward: forward of chunk ${params.chunk} with as many rows must come first, current values are ${inputs?.count ?? 0} and ${wanted.rows}`,
        );
      }
      const gradient = (params.keep && session.gradient) || new Float32Array(replica.size);
      const statistics = shaped(replica.backPropagate(inputs.images, wanted, gradient));
      session.chunks.delete(params.chunk);
      if (params.keep) session.gradient = gradient;
      return { arrays: { statistics, ...(!params.keep && { gradient: shaped(gradient) }) } };
    },
  }),

  /** What `backward` kept, or `setGradient` has put in its place; zeros where this worker had no chunk. */
  gradient: op("gradient", {
    params: z.strictObject({}),
    run: (session) => {
      const { size } = replicaOf(session, "gradient");
      return { arrays: { gradient: shaped(session.gradient ?? new Float32Array(size)) } };
    },
  }),

  /** The sum over all workers, for `apply`. */
  setGradient: op("setGradient", {
    params: z.strictObject({}),
    arrays: { gradient: vector },
    run: (session, _, arrays) => {
      const gradient = arrays.gradient.data as Float32Array;
      checkGradient("setGradient", gradient, replicaOf(session, "setGradient"));
      session.gradient = gradient;
      return { result: { finite: stepIsFinite(0, [gradient]) } };
    },
  }),

  /** Takes one optimiser step, with the gradient of `setGradient` where none is sent, and moves the batch-norm averages by the statistics of every chunk in order. */
  apply: op("apply", {
    params: z.strictObject({ rate: z.number().positive() }),
    arrays: {
      gradient: { ...vector, optional: true },
      statistics: { ...vector, list: true },
      trained: { ...vector, list: true },
    },
    run: (session, { rate }, arrays) => {
      const replica = replicaOf(session, "apply");
      const gradient = (arrays.gradient?.data as Float32Array | undefined) ?? session.gradient;
      if (!gradient) throw new LabError("Cannot apply: a gradient must be sent, or setGradient come first");
      checkGradient("apply", gradient, replica);
      session.gradient = undefined;
      const relativeStep = replica.applyFlat(gradient, listOf(arrays, "trained"), rate);
      for (const statistics of listOf(arrays, "statistics")) replica.moveAverages(statistics);
      return { result: { digest: replica.digest(), relativeStep: jsonNumber(relativeStep) } };
    },
  }),

  digest: op("digest", {
    params: z.strictObject({}),
    run: (session) => ({ result: { digest: replicaOf(session, "digest").digest() } }),
  }),

  state: op("state", {
    params: z.strictObject({}),
    run: (session) => {
      const { weights, optimizerSteps, optimizerVectors, objectiveVectors, mine } = replicaOf(
        session,
        "state",
      ).state();
      const arrays: NamedArrays = {
        weights: shaped(weights),
        ...namedList("optimizer", optimizerVectors),
        ...namedList("objective", objectiveVectors),
      };
      return { result: { optimizerSteps, mine }, arrays };
    },
  }),

  /** A replica in a state of `state`: what a fresh worker needs to go on with others. */
  setState: op("setState", {
    params: stateSchema,
    arrays: { weights: vector, optimizer: { ...vector, list: true }, objective: { ...vector, list: true } },
    run: (session, { spec, settings, classes, optimizerSteps, mine }, arrays) => {
      const state = {
        weights: arrays.weights.data as Float32Array,
        optimizerSteps,
        optimizerVectors: listOf(arrays, "optimizer"),
        objectiveVectors: listOf(arrays, "objective"),
        mine,
      };
      const replica = new Replica(spec, settings, { classes, state });
      replaceReplica(session, replica);
      return { result: { size: replica.size, digest: replica.digest() } };
    },
  }),
};
