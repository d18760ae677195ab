import type { PageData, PageEdge, PageEpoch } from "../pageData";

/** The page's data as typed arrays: N points, D dimensions. Field meanings are those of `PageData`. */
export interface Points {
  readonly count: number;
  readonly dimensions: number;
  readonly names: readonly string[];
  readonly identities: readonly string[];
  readonly labels: Int32Array;
  readonly columns: readonly Column[];
  readonly epochs: readonly Epoch[];
  readonly thresholdStep: number;
  readonly threshold: number | null;
  readonly explained: readonly number[];
}

export interface Column {
  readonly name: string;
  readonly values: readonly string[];
  readonly codes: Int32Array;
}

export interface Epoch {
  readonly label: string;
  readonly codes: Int8Array;
  readonly step: number;
  readonly umap2: Float32Array;
  readonly umap3: Float32Array;
  readonly pca: Float32Array;
  readonly same: Float64Array;
  readonly different: Float64Array;
  readonly nearestNegative: Float32Array;
  readonly farthestPositive: Float32Array;
  readonly hardPositives: readonly PageEdge[];
  readonly hardNegatives: readonly PageEdge[];
}

export function decodePage(page: PageData): Points {
  const { names, identities, dimensions, thresholdStep, threshold, explained } = page;
  return {
    count: names.length,
    dimensions,
    names,
    identities,
    labels: new Int32Array(bytesOf(page.labels)),
    columns: page.columns.map(({ name, values, codes }) => ({
      name,
      values,
      codes: new Int32Array(bytesOf(codes)),
    })),
    epochs: page.epochs.map(decodeEpoch),
    thresholdStep,
    threshold,
    explained,
  };
}

function decodeEpoch(epoch: PageEpoch): Epoch {
  const { label, step, hardPositives, hardNegatives } = epoch;
  const floats = (text: string): Float32Array => new Float32Array(bytesOf(text));
  return {
    label,
    step,
    hardPositives,
    hardNegatives,
    codes: new Int8Array(bytesOf(epoch.codes)),
    umap2: floats(epoch.umap2),
    umap3: floats(epoch.umap3),
    pca: floats(epoch.pca),
    same: new Float64Array(bytesOf(epoch.same)),
    different: new Float64Array(bytesOf(epoch.different)),
    nearestNegative: floats(epoch.nearestNegative),
    farthestPositive: floats(epoch.farthestPositive),
  };
}

/** The bytes that base64 stands for. */
export function bytesOf(text: string): ArrayBuffer {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}
