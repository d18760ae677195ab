import { LabError } from "../core/errors";
import type { Figure } from "../figures/figure";
import { figurePng, figureSvg } from "../figures/still";
import { themed } from "../figures/theme";
import { encodeJpeg, encodePng } from "../image/codec";
import { type Raster, raster } from "../image/raster";

/** tslab's writer of outputs: several forms of one output, and updates of an older one. */
type Write = (
  output: {
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
    transient: Record<string, unknown>;
  },
  update: boolean,
) => void;

/** tslab keeps the writer of the running cell in this module; its public functions send one form only. */
function writer(): Write {
  try {
    const { lastWriteDisplayData } = require("tslab/dist/jupyter.js") as {
      lastWriteDisplayData: Write | null;
    };
    if (lastWriteDisplayData) return lastWriteDisplayData;
  } catch {
    // No tslab: the message below says so.
  }
  throw new LabError("Cannot show anything: this works in a notebook cell (tslab kernel)");
}

let outputs = 0;

function write(data: Record<string, unknown>, id?: string, update: boolean = false): void {
  writer()({ data, metadata: {}, transient: id ? { display_id: id } : {} }, update);
}

/** Shows a figure: interactive where Plotly runs, a stored picture elsewhere, its text alternative for everybody else. */
export async function show(figure: Figure): Promise<void> {
  write(await formsOf(figure));
}

/** JupyterLab shows the stored picture pixel by pixel until the pointer enters it: it must fit the page. */
const PNG_WIDTH = 800;

async function formsOf(figure: Figure): Promise<Record<string, unknown>> {
  const { data, layout } = themed(figure);
  return {
    "application/vnd.plotly.v1+json": { data, layout, config: { displaylogo: false, responsive: true } },
    "image/png": Buffer.from(await figurePng(figure, { width: PNG_WIDTH, scale: 1 })).toString("base64"),
    "text/plain": figure.alt,
  };
}

/** A picture whose JPEG has less than this share of its PNG's bytes is a photograph, not a drawing. */
const PHOTOGRAPH = 0.4;

/** Shows a picture, enlarged by a whole factor so that small crops can be seen; drawings without loss, photographs as JPEG, which keeps notebooks small. */
export async function showImage(image: Raster, alt: string): Promise<void> {
  const large = enlarged(image);
  const [png, jpeg] = await Promise.all([encodePng(large), encodeJpeg(large, 88)]);
  const [type, bytes] = jpeg.length < PHOTOGRAPH * png.length ? ["image/jpeg", jpeg] : ["image/png", png];
  write({ [type]: Buffer.from(bytes).toString("base64"), "text/plain": alt });
}

/** Pixels that the longer side may reach by enlarging. */
const ENLARGED_SIDE = 256;

/** Every pixel becomes a square of as many whole pixels as fit. */
function enlarged({ width, height, channels, data }: Raster): Raster {
  const factor = Math.max(1, Math.floor(ENLARGED_SIDE / Math.max(width, height)));
  const large = raster(width * factor, height * factor, channels);
  for (let y = 0; y < large.height; y++) {
    for (let x = 0; x < large.width; x++) {
      const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
      large.data.set(data.subarray(from, from + channels), (y * large.width + x) * channels);
    }
  }
  return large;
}

/** A figure that is drawn again and again while a cell runs: light pictures first, the interactive figure at the end. */
export interface LiveFigure {
  update(figure: Figure): void;
  finish(figure: Figure): Promise<void>;
}

export function liveFigure(): LiveFigure {
  const id = `facenet-lab-${process.pid}-${++outputs}`;
  let shown = false;
  const send = (data: Record<string, unknown>): void => {
    write(data, id, shown);
    shown = true;
  };
  return {
    update: (figure) => send({ "text/html": figureSvg(figure), "text/plain": figure.alt }),
    finish: async (figure) => send(await formsOf(figure)),
  };
}

/**
 * Runs `body` so that Jupyter's stop button aborts its signal instead of failing the cell. Every step of the body must await something, or the button is never heard.
 * tslab owns SIGINT while a cell's synchronous part runs; a listener added there would make the next interrupt kill the kernel, so it is swapped after a turn of the loop.
 */
export async function stoppable<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  const stop = new AbortController();
  const before = process.rawListeners("SIGINT") as (() => void)[];
  const listener = (): void => stop.abort();
  process.removeAllListeners("SIGINT");
  process.on("SIGINT", listener);
  try {
    return await body(stop.signal);
  } finally {
    process.off("SIGINT", listener);
    for (const old of before) process.on("SIGINT", old);
  }
}
