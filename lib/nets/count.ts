import type { Layer, NetSpec } from "./spec";

/** One row of a net's table: output height × width × channels, weights and multiply-adds for one image. */
export interface LayerCount {
  readonly name: string;
  readonly output: readonly number[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

export interface NetCount {
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly layers: readonly LayerCount[];
}

/** Counts parameters (trained weights: kernels, biases, scales, offsets) and multiply-adds (of convolutions and dense layers). */
export function countNet(spec: NetSpec): NetCount {
  let shape: number[] = [spec.inputSize, spec.inputSize, spec.channels];
  const layers = spec.layers.map((layer, i) => {
    const row = countLayer(`${i}.${layer.kind}`, layer, shape);
    shape = [...row.output];
    return row;
  });
  const sum = (pick: (row: LayerCount) => number): number =>
    layers.reduce((total, row) => total + pick(row), 0);
  return { layers, parameters: sum((row) => row.parameters), multiplyAdds: sum((row) => row.multiplyAdds) };
}

function countLayer(name: string, layer: Layer, input: number[]): LayerCount {
  switch (layer.kind) {
    case "conv": {
      const stride = layer.stride ?? 1;
      const output = [Math.ceil(input[0] / stride), Math.ceil(input[1] / stride), layer.filters];
      const kernel = layer.kernel ** 2 * input[2] * layer.filters;
      return {
        name,
        output,
        parameters: kernel + layer.filters * (layer.norm ? 2 : 1),
        multiplyAdds: kernel * output[0] * output[1],
      };
    }
    case "residual": {
      const stride = layer.stride ?? 1;
      const { filters } = layer;
      const a = countLayer(name, { kind: "conv", filters, kernel: 3, stride, norm: true }, input);
      const b = countLayer(name, { kind: "conv", filters, kernel: 3, norm: true }, [...a.output]);
      const plain = stride === 1 && input[2] === filters;
      const s = plain
        ? undefined
        : countLayer(name, { kind: "conv", filters, kernel: 1, stride, norm: true }, input);
      return {
        name,
        output: b.output,
        parameters: a.parameters + b.parameters + (s?.parameters ?? 0),
        multiplyAdds: a.multiplyAdds + b.multiplyAdds + (s?.multiplyAdds ?? 0),
      };
    }
    case "flatten":
      return { name, output: [input.reduce((x, y) => x * y, 1)], parameters: 0, multiplyAdds: 0 };
    case "averagePool":
      return { name, output: [input[2]], parameters: 0, multiplyAdds: 0 };
    case "dense": {
      const kernel = input[0] * layer.units;
      return {
        name,
        output: [layer.units],
        parameters: kernel + layer.units * (layer.norm ? 2 : 1),
        multiplyAdds: kernel,
      };
    }
  }
}
