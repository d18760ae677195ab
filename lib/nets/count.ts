import { outputShape, type Shape } from "./shapes";
import { inceptionBranches, type Layer, layerName, type NetSpec } from "./spec";

export interface LayerCount {
  readonly name: string;
  readonly output: Shape;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

export interface NetCount {
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly layers: readonly LayerCount[];
}

/**
 * Counts parameters (kernels, biases, scales, offsets) and multiply-adds of convolutions and dense layers, a bias as one of them: so the figures that
 * the paper prints come out. Pools and normalisations count nothing; a batch norm's scale and offset count as parameters, and as one multiply-add.
 */
export function countNet(spec: NetSpec): NetCount {
  let shape: Shape = [spec.inputSize, spec.inputSize, spec.channels];
  const layers = spec.layers.map((layer, i) => {
    const row = countLayer(layerName(layer, i), layer, shape);
    shape = row.output;
    return row;
  });
  return { layers, ...sumOf(layers) };
}

function countLayer(name: string, layer: Layer, input: Shape): LayerCount {
  const output = outputShape(name, layer, input);
  const places = output.length === 3 ? output[0] * output[1] : 1;
  const linear = (inputs: number, outputs: number, norm = false) => ({
    name,
    output,
    parameters: (inputs + (norm ? 2 : 1)) * outputs,
    multiplyAdds: (inputs + 1) * outputs * places,
  });
  switch (layer.kind) {
    case "conv":
      return linear(layer.kernel ** 2 * input[2], layer.filters, layer.norm);
    case "dense":
      return linear(input[0], layer.units, layer.norm);
    case "maxout":
      return linear(input[0], layer.units * layer.pieces);
    case "inception":
      return {
        name,
        output,
        ...sumOf(inceptionBranches(layer).flatMap((branch) => countChain(branch, input))),
      };
    case "residual": {
      const { filters, stride = 1 } = layer;
      const conv = (kernel: number, step = 1): Layer => ({
        kind: "conv",
        filters,
        kernel,
        stride: step,
        norm: true,
      });
      const path = countChain([conv(3, stride), conv(3)], input);
      const shortcut = stride === 1 && input[2] === filters ? [] : countChain([conv(1, stride)], input);
      return { name, output, ...sumOf([...path, ...shortcut]) };
    }
    default:
      return { name, output, parameters: 0, multiplyAdds: 0 };
  }
}

function countChain(layers: readonly Layer[], input: Shape): LayerCount[] {
  let shape = input;
  return layers.map((layer, i) => {
    const row = countLayer(layerName(layer, i), layer, shape);
    shape = row.output;
    return row;
  });
}

function sumOf(rows: readonly LayerCount[]): { parameters: number; multiplyAdds: number } {
  return {
    parameters: rows.reduce((total, row) => total + row.parameters, 0),
    multiplyAdds: rows.reduce((total, row) => total + row.multiplyAdds, 0),
  };
}
