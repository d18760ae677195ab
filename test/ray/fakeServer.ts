import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the fake server got it. */
export interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What the fake server answers: a status and text or an object, or `drop` to close the connection without an answer. */
export type Reply = { readonly status?: number; readonly body: string | object } | "drop";

/** Runs `body` with a server on loopback that answers as `reply` says, and what it was asked so far. */
export async function withFakeServer(
  reply: (got: Got) => Reply,
  body: (address: string, asked: readonly Got[]) => Promise<void>,
): Promise<void> {
  const asked: Got[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, reply, asked);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    await closed(server);
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  reply: (got: Got) => Reply,
  asked: Got[],
): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const got = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
  asked.push(got);
  const said = reply(got);
  if (said === "drop") {
    request.socket.destroy();
    return;
  }
  response.writeHead(said.status ?? 200);
  response.end(typeof said.body === "string" ? said.body : JSON.stringify(said.body));
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
