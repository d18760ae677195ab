import { LabError } from "../core/errors";
import { type Matrix, matrix, stackRows } from "../core/matrix";

/** Embeddings with their identities, oldest first. Plain data: a checkpoint can hold it. */
export interface MemoryState {
  readonly embeddings: Matrix;
  readonly labels: Int32Array;
}

/** A cross-batch memory; see {@link createMemory}. */
export interface EmbeddingMemory {
  /** Rows that it can hold. */
  readonly capacity: number;
  /** Rows that it holds now. */
  readonly size: number;
  /** Adds copies of a batch (N×D); the oldest rows make room. Of a batch larger than the memory the last rows stay. */
  enqueue(embeddings: Matrix, labels: Int32Array): void;
  /** A copy of what it holds, oldest first. */
  state(): MemoryState;
  /** Becomes what `state` said, so that the same batches lead to the same memory. */
  restore(state: MemoryState): void;
}

/**
 * Cross-batch memory: a ring of the embeddings of past batches, so that a small batch meets many negatives. Embeddings drift slowly, so old ones
 * still stand in for the new.
 *
 * To mine against it: put the batch's rows in front of the memory's (`withMemory`), mine with `anchors` = N and any rule of `miningRules`, and
 * take the gradient of the first N rows only (`tripletLossOnEngine` with `anchors` = N). Then enqueue the batch. Rows N and above of the triplets are memory
 * rows. An empty memory changes nothing. Cost of mining and loss: with N anchors and N + M candidates.
 *
 * Source: Wang, Zhang, Huang, Scott (2020), "Cross-Batch Memory for Embedding Learning", section 3 and Algorithm 1.
 * Differs from the paper: the batch is enqueued after it was mined, since it already stands in front of the memory; the paper's contrastive
 * loss is free. As in the paper an older embedding of the same image can be an anchor's positive.
 */
export function createMemory(capacity: number, dimension: number): EmbeddingMemory {
  checkSize("capacity", capacity);
  checkSize("dimension", dimension);
  const data: Float32Array = new Float32Array(capacity * dimension);
  const labels: Int32Array = new Int32Array(capacity);
  let size = 0;
  /** Where the next row goes; the oldest row when the ring is full. */
  let next = 0;

  const enqueue = (embeddings: Matrix, added: Int32Array): void => {
    checkBatch(embeddings, added, dimension);
    for (let i = Math.max(0, embeddings.rows - capacity); i < embeddings.rows; i++) {
      data.set(embeddings.data.subarray(i * dimension, (i + 1) * dimension), next * dimension);
      labels[next] = added[i];
      next = (next + 1) % capacity;
      size = Math.min(capacity, size + 1);
    }
  };

  return {
    capacity,
    get size() {
      return size;
    },
    enqueue,
    state: () => {
      const oldest = size < capacity ? 0 : next;
      const stored = matrix(size, dimension);
      stored.data.set(data.subarray(oldest * dimension, size * dimension));
      stored.data.set(data.subarray(0, oldest * dimension), (size - oldest) * dimension);
      const identities: Int32Array = new Int32Array(size);
      identities.set(labels.subarray(oldest, size));
      identities.set(labels.subarray(0, oldest), size - oldest);
      return { embeddings: stored, labels: identities };
    },
    restore: (state) => {
      checkBatch(state.embeddings, state.labels, dimension);
      if (state.labels.length > capacity) {
        throw new LabError(
          `Cannot restore the memory: it holds at most ${capacity} rows, current value is ${state.labels.length}`,
        );
      }
      size = 0;
      next = 0;
      enqueue(state.embeddings, state.labels);
    },
  };
}

/** The batch's rows in front, the memory's behind: (N+M)×D and N+M labels, ready for `miningBatch` with `anchors` = N and for a loss. */
export function withMemory(embeddings: Matrix, labels: Int32Array, memory: EmbeddingMemory): MemoryState {
  checkBatch(embeddings, labels, embeddings.columns);
  const past = memory.state();
  if (past.embeddings.columns !== embeddings.columns) {
    throw new RangeError(
      `Cannot mine against the memory: embeddings must have ${past.embeddings.columns} values, current value is ${embeddings.columns}`,
    );
  }
  const joined = stackRows([embeddings, past.embeddings]);
  const identities: Int32Array = new Int32Array(joined.rows);
  identities.set(labels);
  identities.set(past.labels, labels.length);
  return { embeddings: joined, labels: identities };
}

function checkSize(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot make a memory: the ${what} must be an integer of at least 1, current value is ${value}`,
    );
  }
}

function checkBatch(embeddings: Matrix, labels: Int32Array, dimension: number): void {
  if (embeddings.columns !== dimension || labels.length !== embeddings.rows) {
    throw new RangeError(
      `Cannot use the memory: rows of ${dimension} values and one label each are needed, current values are ${embeddings.rows}×${embeddings.columns} and ${labels.length} labels`,
    );
  }
}
