import type { Measured } from "../../lib/plan/measured";

/** Round invented costs, by which a plan can be worked out by hand. */
export const invented: Measured = {
  format: "facenet-lab plan 1",
  date: "2026-01-02",
  machine: "invented",
  cores: 2,
  loadAverage: [0, 0],
  versions: {},
  costs: {
    alignPerImage: 0.01,
    detectPerImage: 0.04,
    alignCores: 1,
    writePerEmbedding: 1e-5,
    namesBytesPerEmbedding: 8,
    pair: { fixed: 1e-8, perDimension: 1e-10 },
    partOfPairs: 0.2,
    histogramPerPart: 0.1,
    histogramBytesPerPart: 1e7,
    search: { fixed: 2e-9, perDimension: 1e-10 },
    mergePerNeighbour: 1e-8,
    minePerPair: 1e-8,
    updatePerParameter: 1e-9,
    sumPerParameter: 1e-9,
    preparePerValue: 1e-8,
    workerStart: 2,
  },
  nets: [
    {
      name: "small",
      inputSize: 64,
      multiplyAdds: 1e7,
      forwardPerCoreSecond: 1e10,
      trainingPerCoreSecond: 5e9,
    },
    {
      name: "large",
      inputSize: 224,
      multiplyAdds: 1.6e9,
      forwardPerCoreSecond: 4e10,
      trainingPerCoreSecond: 2e10,
    },
  ],
  checks: [],
};
