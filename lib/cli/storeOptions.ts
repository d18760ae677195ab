import { UsageError } from "../core/errors";
import { openStore } from "../store/open";
import type { Store } from "../store/store";
import type { CommandContext } from "./command";
import type { OptionTable } from "./options";

/** Where s3:// addresses are served. */
export const storeOptions: OptionTable = {
  "s3-endpoint": {
    kind: "text",
    value: "URL",
    help: "server that speaks S3, for s3:// addresses; left out: FACENET_LAB_S3_ENDPOINT, else Amazon's",
  },
};

/** Throws a UsageError for an endpoint beside places of which none is an s3:// address. */
export function checkEndpoint(context: CommandContext, places: readonly (string | undefined)[]): void {
  if (context.text("s3-endpoint") === undefined || places.some((place) => place?.startsWith("s3://"))) return;
  throw new UsageError("Cannot use --s3-endpoint without an s3:// address: nothing else reads it");
}

/** The store at an address or path. */
export function storeOf(context: CommandContext, where: string): Store {
  return openStore(where, { endpoint: context.text("s3-endpoint") });
}
