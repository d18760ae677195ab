import { LabError, messageOf } from "../core/errors";
import { placeOf, type Store } from "../store/store";
import { checkRequest, type RunRequest } from "./runFolder";

const REQUEST = "request.json";

/**
 * Takes a store for a run, as `openRunFolder` takes a folder: an empty one, or with `resume` one that holds the same request. There is no lock: machines that work at one
 * request write the same bytes under the same names. Throws a LabError when the store holds anything else.
 */
export async function claimStore(store: Store, request: RunRequest, resume: boolean): Promise<void> {
  const names = await store.list();
  if (!names.includes(REQUEST)) {
    if (names.length > 0) {
      throw new LabError(
        `Cannot start a run in ${store.url}: it must be empty or hold a run, it holds ${names.slice(0, 3).join(", ")}. Name another place.`,
      );
    }
    await store.write(REQUEST, `${JSON.stringify(request, null, 2)}\n`);
    return;
  }
  if (!resume) {
    throw new LabError(
      `Cannot start a run in ${store.url}: it already holds one. Add --resume to go on with it, or name another place.`,
    );
  }
  const text = Buffer.from(await store.read(REQUEST)).toString("utf8");
  let held: Map<string, unknown>;
  try {
    held = new Map(Object.entries(JSON.parse(text) as object));
  } catch (error) {
    throw new LabError(`Cannot read ${placeOf(store, REQUEST)}: ${messageOf(error)}`);
  }
  checkRequest(store.url, held, request);
}
