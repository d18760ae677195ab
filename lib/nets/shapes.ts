import { inceptionBranches, type Layer, layerName, type NetSpec } from "./spec";

/** Shape of one example without the batch axis: height, width, channels; or units. */
export type Shape = readonly number[];

/** Shape after a layer. Throws a RangeError that names the layer when the shapes cannot fit. */
export function outputShape(name: string, layer: Layer, input: Shape): Shape {
  const refuse = (wanted: string): never => {
    throw new RangeError(`Cannot build ${name}: ${wanted}, current shape is ${input.join("×")}`);
  };
  if (layer.kind === "dense" || layer.kind === "maxout") {
    if (input.length !== 1)
      refuse(`a ${layer.kind} layer needs flat input (put flatten or averagePool before it)`);
    return [layer.units];
  }
  if (input.length !== 3) refuse(`a ${layer.kind} layer needs an image`);
  const [height, width, channels] = input;
  const strided = (stride = 1, filters = channels): Shape => [
    Math.ceil(height / stride),
    Math.ceil(width / stride),
    filters,
  ];
  switch (layer.kind) {
    case "conv":
    case "residual":
      return strided(layer.stride, layer.filters);
    case "pool":
      return strided(layer.stride);
    case "localNorm":
      return input;
    case "flatten":
      return [height * width * channels];
    case "averagePool":
      return [channels];
    case "middleColumns":
      if (layer.width > width) refuse(`the input needs at least ${layer.width} columns`);
      return [height, layer.width, channels];
    case "inception": {
      const ends = inceptionBranches(layer).map((branch) =>
        branch.reduce<Shape>((shape, part) => outputShape(`${name}.${part.name}`, part, shape), input),
      );
      if (ends.length === 0) refuse("an inception module needs at least one branch");
      const odd = ends.find((end) => end[0] !== ends[0][0] || end[1] !== ends[0][1]);
      if (odd)
        refuse(
          "branches of an inception module must agree in height and width (a stride excludes the 1×1 branch)",
        );
      return [ends[0][0], ends[0][1], ends.reduce((sum, end) => sum + end[2], 0)];
    }
  }
}

/** What the net looks at: the square input, or its middle columns when the net begins with them. */
export function inputShape({ inputSize, channels, layers }: NetSpec): Shape {
  const square = [inputSize, inputSize, channels];
  return layers[0]?.kind === "middleColumns"
    ? outputShape(layerName(layers[0], 0), layers[0], square)
    : square;
}
