/** What stands in the page as JSON. Typed arrays are base64 of little-endian numbers; the client's `decode` is the other side. */
export interface PageData {
  readonly title: string;
  readonly names: readonly string[];
  readonly identities: readonly string[];
  /** Int32, N. */
  readonly labels: string;
  readonly columns: readonly PageColumn[];
  readonly sheet: PageSheet | null;
  readonly epochs: readonly PageEpoch[];
  readonly dimensions: number;
  readonly thresholdStep: number;
  readonly threshold: number | null;
  readonly explained: readonly number[];
}

/** A column: its distinct cells, and which of them each point has (Int32, N). */
export interface PageColumn {
  readonly name: string;
  readonly values: readonly string[];
  readonly codes: string;
}

/** JPEG thumbnails side by side. */
export interface PageSheet {
  /** Base64 of the JPEG. */
  readonly jpeg: string;
  readonly columns: number;
  readonly side: number;
}

export interface PageEpoch {
  readonly label: string;
  /** Int8, N×D; value = code · step. */
  readonly codes: string;
  readonly step: number;
  /** Float32: N×2, N×3, N×3. */
  readonly umap2: string;
  readonly umap3: string;
  readonly pca: string;
  /** Float64, a count per threshold. */
  readonly same: string;
  readonly different: string;
  /** Float32, N. */
  readonly nearestNegative: string;
  readonly farthestPositive: string;
  readonly hardPositives: readonly PageEdge[];
  readonly hardNegatives: readonly PageEdge[];
}

/** First point, second point, squared L2. */
export type PageEdge = readonly [number, number, number];
