import { z } from "zod";
import { readVectorFile, writeVectorFile } from "../core/container";
import { LabError } from "../core/errors";
import { checkFinite, matrix } from "../core/matrix";
import { type Backend, backendNames } from "./backend";
import { backendKinds } from "./kinds";

const FORMAT = "facenet-lab back-end 1";
const size = z.number().int().min(1).max(1_000_000);
const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  name: z.enum(backendNames),
  features: z.string().max(200),
  columns: size,
  parameters: z.array(z.strictObject({ name: z.string().max(50), rows: size, columns: size })).max(20),
});

/** A back-end with the features that it belongs to. */
export interface SavedBackend {
  readonly backend: Backend;
  /** Id of the model that made its features: scores of other features mean nothing. */
  readonly features: string;
}

/** Writes a back-end as one file: a JSON header and vectors of 32-bit floats under a checksum, whole or not at all. */
export function saveBackend(path: string, { backend, features }: SavedBackend): void {
  const { name, columns } = backend;
  const entries = Object.entries(backend.parameters);
  const parameters = entries.map(([key, value]) => ({ name: key, rows: value.rows, columns: value.columns }));
  const vectors = entries.map(([, value]) => value.data);
  writeVectorFile(path, { format: FORMAT, name, features, columns, parameters }, vectors);
}

/** Reads a file of `saveBackend`; its scores are the same bit for bit. Throws a LabError that names the file when it is damaged, of another kind or does not fit together. */
export function loadBackend(path: string): SavedBackend {
  const { header, vectors } = readVectorFile(path);
  const refuse = (why: string): never => {
    throw new LabError(`Cannot read ${path}: ${why}`);
  };
  const parsed = headerSchema.safeParse(header);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(`${issue.path.join(".") || "header"}: ${issue.message}`);
  }
  const { name, features, columns, parameters } = parsed.data;
  const kind = backendKinds[name];
  const found = parameters.map((parameter) => parameter.name).join(", ");
  if (found !== kind.parameters.join(", ")) {
    refuse(
      `its parameters must be ${kind.parameters.join(", ") || "none"}, current value is ${found || "none"}`,
    );
  }
  const learned = Object.fromEntries(
    parameters.map(({ name: key, rows, columns: width }, i) => {
      if (vectors[i]?.length !== rows * width) {
        refuse(`${key} must hold ${rows * width} values, current value is ${vectors[i]?.length ?? 0}`);
      }
      const value = matrix(rows, width, vectors[i]);
      checkFinite(value, `${path}: ${key}`);
      return [key, value];
    }),
  );
  try {
    return { backend: kind.restore(columns, learned), features };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(error.message);
  }
}
