import { randomUUID } from "node:crypto";
import { messageOf } from "../core/errors";
import type { Answer } from "./protocol";
import { Apart, type RayWorker } from "./rayWorker";
import type { WorkerPool } from "./workerPool";
import { type AllReduce, WorkerLost } from "./workers";

/**
 * All workers of a pool as a group whose actors add up vectors among themselves, by gloo's ring: each sends and receives 2 (n − 1) / n vectors. The group is made
 * at its first sum, and anew when a member was replaced or a sum did not end.
 *
 * Source: Patarasuk and Yuan (2009), "Bandwidth optimal all-reduce algorithms for clusters of workstations"; github.com/pytorch/gloo.
 */
export class RayGroup {
  private readonly pool: WorkerPool<RayWorker>;
  private readonly patience: number;
  private members: readonly RayWorker[] = [];
  private name = "";

  /** Members wait for each other for `patience` seconds; one that has not answered after three times as long is given up. */
  constructor(pool: WorkerPool<RayWorker>, patience: number) {
    this.pool = pool;
    this.patience = patience;
  }

  /** See `Workers.allReduce`. */
  async allReduce(request: AllReduce): Promise<Answer[]> {
    const ranks = Array.from({ length: this.pool.count }, (_, rank) => rank);
    const members = await Promise.all(ranks.map((rank) => this.pool.ready(rank)));
    if (members.some((member, rank) => member !== this.members[rank])) {
      this.members = members;
      this.name = randomUUID();
    }
    const answers = await Promise.allSettled(ranks.map((rank) => this.addUp(rank, request)));
    const reasons = answers.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
    if (reasons.length === 0) return answers.map((one) => (one as PromiseFulfilledResult<Answer>).value);
    this.members = [];
    throw (
      reasons.find((reason) => reason instanceof WorkerLost) ??
      reasons.find((reason) => !(reason instanceof Apart)) ??
      new WorkerLost(`Lost the group of ${ranks.length} workers: ${messageOf(reasons[0])}`)
    );
  }

  private async addUp(rank: number, request: AllReduce): Promise<Answer> {
    const { pool, name: group, patience } = this;
    return pool.use(rank, async (worker) => {
      const most = 3 * patience;
      const timer = setTimeout(() => worker.kill(`did not add up within ${most} s`), most * 1000);
      try {
        return await worker.addUp(request, { group, rank, size: pool.count, patience });
      } finally {
        clearTimeout(timer);
      }
    });
  }
}
