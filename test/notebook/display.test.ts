import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout } from "node:timers/promises";
import { createRandom } from "../../lib/core/random";
import type { Figure } from "../../lib/figures/figure";
import { rocFigure } from "../../lib/figures/rocFigure";
import { themes } from "../../lib/figures/theme";
import { decodeImage, svgToPng } from "../../lib/image/codec";
import { raster } from "../../lib/image/raster";
import { liveFigure, show, showImage, stoppable } from "../../lib/notebook/display";

interface Output {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: object;
  readonly transient: { readonly display_id?: string };
  readonly update: boolean;
}

/** tslab's own module, in which the running kernel keeps its writer. */
const kernel = require("tslab/dist/jupyter.js") as {
  lastWriteDisplayData: ((output: Omit<Output, "update">, update: boolean) => void) | null;
};

/** Runs `body` as if in a notebook cell; the outputs that it wrote. */
async function inCell(body: () => Promise<void>): Promise<Output[]> {
  const outputs: Output[] = [];
  kernel.lastWriteDisplayData = (output, update) => outputs.push({ ...output, update });
  try {
    await body();
  } finally {
    kernel.lastWriteDisplayData = null;
  }
  return outputs;
}

const figure = (auc: number): Figure => rocFigure({ points: [{ far: 0.5, val: 1 }], auc });
const pngOf = (output: Output) =>
  decodeImage(Buffer.from(String(output.data["image/png"]), "base64"), "output", { channels: 1 });

test("show() outside a notebook says where it works", async () => {
  const where = /^LabError: Cannot show anything: this works in a notebook cell/;
  await assert.rejects(show(figure(1)), where);
  await assert.rejects(showImage(raster(1, 1, 1), "dot"), where);
  assert.throws(() => liveFigure().update(figure(1)), where);
});

test("show() sends the figure for Plotly, as a picture and as text", async () => {
  const [output, ...more] = await inCell(() => show(figure(0.75)));
  assert.deepEqual(more, []);
  assert.deepEqual(Object.keys(output.data).sort(), [
    "application/vnd.plotly.v1+json",
    "image/png",
    "text/plain",
  ]);
  assert.deepEqual([output.update, output.transient, output.metadata], [false, {}, {}]);
  assert.equal(output.data["text/plain"], figure(0.75).alt);
  const plotly = output.data["application/vnd.plotly.v1+json"] as {
    data: unknown;
    layout: { paper_bgcolor: string; title: { text: string } };
  };
  assert.deepEqual(plotly.data, figure(0.75).data);
  assert.deepEqual(
    [plotly.layout.paper_bgcolor, plotly.layout.title.text],
    [themes.light.paper, "ROC, AUC 0.7500"],
  );
  const { width, height } = await pngOf(output);
  // As wide as a page of JupyterLab.
  assert.deepEqual([width, height], [800, 420]);
});

test("showImage() enlarges small pictures by a whole factor and leaves large ones alone", async () => {
  const outputs = await inCell(async () => {
    await showImage(raster(2, 1, 1, Uint8Array.of(10, 200)), "two pixels");
    await showImage(raster(300, 2, 1), "wide");
  });
  assert.equal(outputs[0].data["text/plain"], "two pixels");
  const small = await pngOf(outputs[0]);
  // ⌊256 / 2⌋ = 128.
  assert.deepEqual([small.width, small.height], [256, 128]);
  small.data.forEach((value, i) => {
    assert.equal(value, i % 256 < 128 ? 10 : 200);
  });
  const large = await pngOf(outputs[1]);
  assert.deepEqual([large.width, large.height], [300, 2]);
});

test("liveFigure() writes one output and updates it, each live figure its own", async () => {
  const ids = new Set<string | undefined>();
  for (let k = 0; k < 2; k++) {
    const outputs = await inCell(async () => {
      const live = liveFigure();
      live.update(figure(0.1));
      live.update(figure(0.2));
      await live.finish(figure(0.3));
    });
    assert.deepEqual(
      outputs.map(({ update }) => update),
      [false, true, true],
    );
    const id = outputs[0].transient.display_id;
    assert.ok(id && outputs.every(({ transient }) => transient.display_id === id));
    ids.add(id);
    assert.match(String(outputs[1].data["text/html"]), /^<svg.*ROC, AUC 0\.2000/s);
    assert.ok("application/vnd.plotly.v1+json" in outputs[2].data);
    assert.equal(outputs[2].data["text/plain"], figure(0.3).alt);
  }
  assert.equal(ids.size, 2);
});

test("liveFigure() that only finishes makes a new output", async () => {
  const [output] = await inCell(() => liveFigure().finish(figure(1)));
  assert.equal(output.update, false);
});

test("liveFigure() escapes the figure's text", async () => {
  const hostile = `</svg><img src=x onerror="alert(1)">\u0001&`;
  const [output] = await inCell(async () =>
    liveFigure().update({ ...figure(1), layout: { title: { text: hostile } }, alt: hostile }),
  );
  const html = String(output.data["text/html"]);
  assert.doesNotMatch(html, /<img/);
  // The picture's own and the panel's.
  assert.equal(html.split("</svg>").length - 1, 2);
  await svgToPng(html);
});

test("stoppable() aborts its signal on SIGINT and calls no other listener", async () => {
  let heard = 0;
  const listener = (): void => {
    heard++;
  };
  process.on("SIGINT", listener);
  try {
    const reason = await stoppable(async (signal) => {
      assert.equal(signal.aborted, false);
      process.kill(process.pid, "SIGINT");
      for (let i = 0; i < 1000 && !signal.aborted; i++) await setTimeout(5);
      return signal.aborted ? "stopped" : "never heard";
    });
    assert.deepEqual([reason, heard], ["stopped", 0]);
  } finally {
    process.off("SIGINT", listener);
  }
});

test("stoppable() puts the listeners back as they were, also after an error", async () => {
  let always = 0;
  let onceOnly = 0;
  const listener = (): void => {
    always++;
  };
  const before = process.rawListeners("SIGINT");
  process.on("SIGINT", listener);
  process.once("SIGINT", () => {
    onceOnly++;
  });
  const during = process.rawListeners("SIGINT");
  try {
    assert.equal(await stoppable(async () => 7), 7);
    assert.deepEqual(process.rawListeners("SIGINT"), during);
    await assert.rejects(
      stoppable(async () => {
        throw new Error("no more memory");
      }),
      /no more memory/,
    );
    assert.deepEqual(process.rawListeners("SIGINT"), during);
    process.emit("SIGINT");
    process.emit("SIGINT");
    assert.deepEqual([always, onceOnly], [2, 1]);
  } finally {
    process.off("SIGINT", listener);
  }
  assert.deepEqual(process.rawListeners("SIGINT"), before);
});

test("showImage() stores a noisy picture as JPEG and flat areas without loss", async () => {
  const random = createRandom(1);
  const noise = raster(
    300,
    300,
    3,
    Uint8Array.from({ length: 270_000 }, () => random.integer(256)),
  );
  const flat = raster(300, 300, 3, new Uint8Array(270_000).fill(90));
  const outputs = await inCell(async () => {
    await showImage(noise, "noise");
    await showImage(flat, "flat");
  });
  assert.deepEqual(Object.keys(outputs[0].data).sort(), ["image/jpeg", "text/plain"]);
  assert.deepEqual(Object.keys(outputs[1].data).sort(), ["image/png", "text/plain"]);
});
