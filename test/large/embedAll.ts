/** node embedAll.js DATA MODEL OUT: every image of a generated set, aligned by its known landmarks and embedded, as a folder of embeddings. */
import { alignDataSet } from "../../lib/align/alignDataSet";
import { loadSynthetic } from "../../lib/data/synthetic";
import { openEmbedder } from "../../lib/walk/embedder";
import { saveEmbeddings } from "../../lib/walk/embeddings";
import { alignmentOf } from "../../lib/walk/modelInput";

async function embedAll([data, model, out]: readonly string[]): Promise<void> {
  const dataSet = await loadSynthetic(data);
  const embedder = await openEmbedder(model);
  const { crops } = await alignDataSet(dataSet, alignmentOf(embedder, dataSet));
  const vectors = await embedder.embed(crops);
  const identities = Array.from(crops.labels, (label) => crops.identities[label]);
  saveEmbeddings(out, { vectors, names: crops.names, identities, model: embedder.id });
  embedder.dispose();
}

void embedAll(process.argv.slice(2));
