import { LabError } from "../core/errors";

/**
 * Parses a landmark file: a row per image, its name, then ten numbers (x, y of image-left eye, image-right eye, nose, image-left and image-right
 * mouth corner; pixels), separated by spaces or tabs. Throws a LabError that names file and line.
 */
export function parseLandmarkFile(text: string, fileName: string): Map<string, Float32Array> {
  const landmarks = new Map<string, Float32Array>();
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === "") return;
    const [name, ...values] = line.trim().split(/\s+/);
    const points = Float32Array.from(values, Number);
    if (points.length !== 10 || !points.every(Number.isFinite)) {
      throw new LabError(
        `Cannot read ${fileName}: line ${i + 1}: a name and 10 numbers are wanted, current value is ${JSON.stringify(line.slice(0, 80))}`,
      );
    }
    landmarks.set(name, points);
  });
  return landmarks;
}
