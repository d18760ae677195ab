import { z } from "zod";
import { LabError } from "../core/errors";
import { describe, type ElementType, layoutSchema, type NamedArrays } from "./arrays";

/** Both sides must speak the same version; `hello` compares them. */
export const PROTOCOL = 2;

/** What a request's header holds. Its body holds the arrays. */
export const requestSchema: z.ZodType<RequestHeader> = z.strictObject({
  id: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  op: z.string().max(100),
  params: z.record(z.string(), z.unknown()).default({}),
  arrays: layoutSchema.default([]),
});
export interface RequestHeader {
  readonly id: number;
  readonly op: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly arrays: z.infer<typeof layoutSchema>;
}

/** What an answer's header holds: a result, or an error. The `id` is that of the request, null where it could not be read. */
export const answerSchema: z.ZodType<AnswerHeader> = z.discriminatedUnion("ok", [
  z.strictObject({
    id: z.number().int(),
    ok: z.literal(true),
    result: z.record(z.string(), z.unknown()),
    arrays: layoutSchema,
  }),
  z.strictObject({
    id: z.number().int().nullable(),
    ok: z.literal(false),
    error: z.strictObject({ kind: z.enum(["LabError", "RangeError", "Error"]), message: z.string() }),
  }),
]);
export type AnswerHeader =
  | {
      readonly id: number;
      readonly ok: true;
      readonly result: Readonly<Record<string, unknown>>;
      readonly arrays: z.infer<typeof layoutSchema>;
    }
  | {
      readonly id: number | null;
      readonly ok: false;
      readonly error: { readonly kind: "LabError" | "RangeError" | "Error"; readonly message: string };
    };

/** What an op gives back. JSON knows no NaN: where a number of a result may be one, null stands for it. */
export interface Answer {
  readonly result: Readonly<Record<string, unknown>>;
  readonly arrays: NamedArrays;
}

/** An array that an op wants: its type, and its shape in letters for people, for example `N × D`. Lists are arrays called `name/0`, `name/1`, … */
export interface WantedArray {
  readonly dtype: ElementType;
  readonly shape: string;
  readonly list?: boolean;
  readonly optional?: boolean;
}

/** One operation of a worker. */
export interface Op<Session> {
  /** Runs it on what a request brought. Throws a LabError or RangeError that says what was wanted. */
  readonly run: (session: Session, params: unknown, arrays: NamedArrays) => Answer | Promise<Answer>;
}

/** Options of {@link op}: what is wanted, and what is done with it. */
export interface OpDefinition<Session, Params> {
  readonly params: z.ZodType<Params>;
  readonly arrays?: Readonly<Record<string, WantedArray>>;
  readonly run: (
    session: Session,
    params: Params,
    arrays: NamedArrays,
  ) => Partial<Answer> | Promise<Partial<Answer>>;
}

/** An operation whose parameters and arrays are checked before it runs. */
export function op<Session, Params>(name: string, definition: OpDefinition<Session, Params>): Op<Session> {
  return {
    run: async (session, params, arrays) => {
      const parsed = definition.params.safeParse(params);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw new LabError(`Cannot ${name}: ${issue.path.join(".") || "the parameters"}: ${issue.message}`);
      }
      checkArrays(name, definition.arrays ?? {}, arrays);
      const { result = {}, arrays: sent = {} } = await definition.run(session, parsed.data, arrays);
      return { result, arrays: sent };
    },
  };
}

function checkArrays(op: string, wanted: Readonly<Record<string, WantedArray>>, arrays: NamedArrays): void {
  const known = (name: string): string => name.replace(/\/\d+$/, "");
  for (const [name, { dtype, shape, list, optional }] of Object.entries(wanted)) {
    const found = Object.keys(arrays).filter((key) => (list ? known(key) : key) === name);
    if (found.length === 0 && !optional && !list) refuse(op, name, dtype, shape, undefined, arrays);
    const dimensions = shape.split("×").length;
    for (const key of found) {
      const fits = arrays[key].shape.length === dimensions && describe(arrays[key]).startsWith(`${dtype} `);
      if (!fits) refuse(op, key, dtype, shape, key, arrays);
    }
  }
  const foreign = Object.keys(arrays).find(
    (key) => !(wanted[key] && !wanted[key].list) && !wanted[known(key)]?.list,
  );
  if (foreign === undefined) return;
  const names = Object.keys(wanted).join(", ") || "no arrays";
  throw new LabError(`Cannot ${op}: its arrays are ${names}, current value is ${foreign}`);
}

function refuse(
  op: string,
  name: string,
  dtype: string,
  shape: string,
  key: string | undefined,
  arrays: NamedArrays,
): never {
  const current = describe(key === undefined ? undefined : arrays[key]);
  throw new LabError(
    `Cannot ${op}: the array ${name} must be ${dtype} ${shape}, current value is ${current}`,
  );
}

/** The arrays `name/0`, `name/1`, … in order. */
export function listOf(arrays: NamedArrays, name: string): Float32Array[] {
  const vectors: Float32Array[] = [];
  for (let i = 0; arrays[`${name}/${i}`]; i++) vectors.push(arrays[`${name}/${i}`].data as Float32Array);
  return vectors;
}

/** Vectors as arrays `name/0`, `name/1`, … */
export function namedList(name: string, vectors: readonly Float32Array[]): NamedArrays {
  return Object.fromEntries(vectors.map((data, i) => [`${name}/${i}`, { shape: [data.length], data }]));
}
