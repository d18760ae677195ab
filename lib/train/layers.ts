/** Nets that begin with the weights of another: for two-step recipes and for compatible new versions. */
import { valuesOf } from "../core/matrix";
import type { Random } from "../core/random";
import { buildNet } from "../nets/build";
import { embeddingSize, layerName, type NetSpec } from "../nets/spec";
import { readWeights } from "./flatWeights";

/** The weights (in the order of `readWeights`) with those of the last layer drawn anew. Throws a RangeError when they are not this net's. */
export function withFreshLastLayer(spec: NetSpec, weights: Float32Array, random: Random): Float32Array {
  const { values, kept } = freshWeights(spec, random);
  checkLength(spec, weights, values.length);
  values.set(weights.subarray(0, kept));
  return values;
}

/**
 * The net with a linear projection to `units` dimensions on top (Parkhi et al. 2015, section 4.2), and its weights: the given ones, then the fresh
 * projection's. Differs from the paper: the projection has a bias. Throws a RangeError when the weights are not this net's.
 */
export function withProjection(
  spec: NetSpec,
  weights: Float32Array,
  random: Random,
  units: number = embeddingSize(spec),
): { readonly spec: NetSpec; readonly weights: Float32Array } {
  const projected: NetSpec = {
    ...spec,
    name: `${spec.name}-projected`,
    layers: [...spec.layers, { name: "projection", kind: "dense", units }],
  };
  const { values, kept } = freshWeights(projected, random);
  checkLength(spec, weights, kept);
  values.set(weights);
  return { spec: projected, weights: values };
}

function checkLength(spec: NetSpec, weights: Float32Array, wanted: number): void {
  if (weights.length === wanted) return;
  throw new RangeError(
    `Cannot begin with the weights of ${spec.name}: ${wanted} values are needed, current value is ${weights.length}`,
  );
}

/** Random weights of a net, and how many of them come before those of its last layer. */
function freshWeights(spec: NetSpec, random: Random): { values: Float32Array; kept: number } {
  const net = buildNet(spec, random);
  const values = readWeights(net);
  const last = net.weights
    .filter((weight) => weight.name.startsWith(lastLayerPrefix(spec)))
    .reduce((total, weight) => total + valuesOf(weight.shape), 0);
  net.dispose();
  return { values, kept: values.length - last };
}

function lastLayerPrefix({ layers }: NetSpec): string {
  return `${layerName(layers[layers.length - 1], layers.length - 1)}.`;
}
