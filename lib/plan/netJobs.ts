import type { Cut, PlannedJob, WorkerKind } from "./jobs";
import { type Measured, nearestNet } from "./measured";
import type { Question } from "./question";
import { type StepJob, serialOf, type TaskJob } from "./work";

/** Chunks pass the net again with their gradients: forward, forward again and backward, which is twice a forward. */
const TRAINING_PASSES = 4;
const FLOP_PER_MULTIPLY_ADD = 2;
const FLOAT = 4;

function coresOf({ coresPerGpu }: Question, kind: WorkerKind): number {
  return kind === "gpu" ? coresPerGpu : 1;
}

/** Align and embed all images into shards: `embed-shards`. */
export function embedJob(
  question: Question,
  { costs, nets }: Pick<Measured, "costs" | "nets">,
  kind: WorkerKind,
  { shardImages }: Cut,
): PlannedJob {
  const { images, net, imageBytes, detect } = question;
  const inShard = Math.min(shardImages, images);
  const tasks = Math.ceil(images / inShard);
  const each = images / tasks;
  const align = costs.alignPerImage + (detect ? costs.detectPerImage : 0);
  const forward = net.multiplyAdds / nearestNet(nets, net.multiplyAdds).forwardPerCoreSecond;
  const flops = FLOP_PER_MULTIPLY_ADD * net.multiplyAdds;
  const row = net.embedding * FLOAT + costs.namesBytesPerEmbedding;
  const job: TaskJob = {
    kind: "tasks",
    tasks,
    coreSeconds: each * (align + (kind === "gpu" ? 0 : forward)),
    coresAtOnce: coresOf(question, kind),
    gpuSeconds: kind === "gpu" ? (each * flops) / question.gpuFlops : 0,
    readBytes: each * imageBytes,
    writeBytes: 0,
    // The coordinator encodes and writes: an embedding comes to it and goes on to the store.
    coordinatorSeconds: each * (costs.writePerEmbedding + (2 * row) / question.linkBytesPerSecond),
    setUpBytes: net.parameters * FLOAT,
  };
  return {
    name: "embed",
    title: "align and embed",
    kind,
    job,
    coreSeconds: tasks * (job.coreSeconds + each * costs.writePerEmbedding),
    gpuSeconds: tasks * job.gpuSeconds,
    trafficBytes: (workers) => images * (imageBytes + 2 * row) + workers * job.setUpBytes,
    workerBytes: each * (net.inputSize ** 2 * net.channels + row) + job.setUpBytes,
    coordinatorBytes: each * row,
  };
}

/** Training, with sums at the coordinator, or with a ring all-reduce (`Reduce`). */
export function trainJob(
  question: Question,
  { costs, nets }: Pick<Measured, "costs" | "nets">,
  kind: WorkerKind,
  ring: boolean,
): PlannedJob {
  const { net, batch, images, epochs, chunk } = question;
  const steps = Math.ceil((images * epochs) / batch);
  const passes = TRAINING_PASSES * net.multiplyAdds * batch;
  const values = batch * net.inputSize ** 2 * net.channels;
  const speed = nearestNet(nets, net.multiplyAdds).trainingPerCoreSecond;
  const prepare = costs.preparePerValue * values;
  const gradient = net.parameters * FLOAT;
  const embeddings = 2 * batch * net.embedding * FLOAT;
  const pieces = Math.ceil(batch / chunk);
  const mine = costs.minePerPair * batch ** 2;
  const job: StepJob = {
    kind: "steps",
    steps,
    pieces,
    coreSeconds: (kind === "gpu" ? 0 : passes / speed) + (ring ? prepare : 0),
    ownCoreSeconds: costs.updatePerParameter * net.parameters,
    coresAtOnce: coresOf(question, kind),
    gpuSeconds: kind === "gpu" ? (FLOP_PER_MULTIPLY_ADD * passes) / question.gpuFlops : 0,
    serialSeconds: mine,
    // Workers that read crops themselves make their batches between steps.
    aheadSeconds: ring ? 0 : prepare,
    serialSecondsPerPiece: ring ? 0 : costs.sumPerParameter * net.parameters,
    centralBytes: embeddings + (ring ? 0 : values * FLOAT),
    centralBytesPerPiece: ring ? 0 : gradient,
    centralBytesPerWorker: ring ? 0 : gradient,
    readBytes: ring ? values : 0,
    ringBytes: ring ? gradient : 0,
    // Weights and one vector of the optimiser.
    checkpointBytes: 2 * gradient,
  };
  return {
    name: ring ? "train-ring" : "train",
    title: ring ? "train, sums in a ring" : "train, sums at the coordinator",
    kind,
    job,
    coreSeconds: steps * (job.coreSeconds + serialOf(job) + job.aheadSeconds),
    gpuSeconds: steps * job.gpuSeconds,
    trafficBytes: (workers) =>
      steps *
      (job.centralBytes +
        pieces * job.centralBytesPerPiece +
        workers * job.centralBytesPerWorker +
        job.readBytes +
        2 * (workers - 1) * job.ringBytes),
    workerBytes: 4 * gradient,
    coordinatorBytes: values * FLOAT + (ring ? 0 : pieces * gradient),
  };
}
