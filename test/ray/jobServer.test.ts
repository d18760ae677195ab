import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { z } from "zod";
import { JobServer } from "../../lib/ray/jobServer";
import { withFakeServer } from "./fakeServer";

const list = { method: "GET", answer: z.array(z.number()) } as const;

test("JobServer.ask() sends its token and nothing that Ray takes for a browser's", () =>
  withFakeServer(
    () => ({ body: [1, 2] }),
    async (address, asked) => {
      assert.deepEqual(await new JobServer(address, "secret").ask(list), [1, 2]);
      await new JobServer(address, undefined).ask({ ...list, path: ["a b/../c", "logs"] });
      assert.equal(asked[0].headers.authorization, "Bearer secret");
      assert.equal(asked[0].path, "/api/jobs/");
      assert.equal(asked[1].headers.authorization, undefined);
      assert.equal(asked[1].path, "/api/jobs/a%20b%2F..%2Fc/logs");
      const names = Object.keys(asked[0].headers);
      assert.deepEqual(
        names.filter((name) => /^(sec-|origin$|referer$|user-agent$)/.test(name)),
        [],
      );
    },
  ));

test("JobServer.ask() says in words what a server refuses", async () => {
  const cases: [number, string, string | undefined, string, RegExp][] = [
    [
      401,
      "Unauthorized",
      undefined,
      "LabError",
      /it wants its token, in RAY_AUTH_TOKEN .* current value is none/,
    ],
    [403, "Forbidden", "old", "LabError", /it wants its token.* current value is another one \(status 403\)/],
    [
      405,
      "'GET' method not allowed",
      "x",
      "LabError",
      /must take the request.* status 405: 'GET' method not allowed/,
    ],
    [404, "Job a does not exist", "x", "LabError", /status 404: Job a does not exist/],
    [302, "", "x", "LabError", /current value is status 302: nothing/],
    [
      500,
      "Traceback:\n  x\nValueError: no\n.",
      "x",
      "JobServerTrouble",
      /failed with status 500: ValueError: no$/,
    ],
    [200, "<html>", "x", "JobServerTrouble", /it must be what Ray sends, current value is <html>/],
    [200, '["1"]', "x", "JobServerTrouble", /it must be what Ray sends, current value is \["1"\]/],
  ];
  for (const [status, body, token, name, message] of cases) {
    await withFakeServer(
      () => ({ status, body }),
      async (address) => {
        await assert.rejects(new JobServer(address, token).ask(list), { name, message }, String(status));
      },
    );
  }
});

test("JobServer.ask() says so when nobody answers: refused, dropped, unknown, silent", async () => {
  await withFakeServer(
    () => "drop",
    async (address) => {
      await assert.rejects(new JobServer(address, undefined).ask(list), {
        name: "JobServerTrouble",
        message: /must answer, current value is socket hang up/,
      });
    },
  );
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  await assert.rejects(
    new JobServer(address, undefined, 0.2).ask(list),
    /current value is silence for 0.2 s/,
  );
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
  await assert.rejects(new JobServer(address, undefined).ask(list), /ECONNREFUSED/);
  await assert.rejects(new JobServer("http://no-such-host.invalid:8265", undefined).ask(list), {
    name: "JobServerTrouble",
    message: /http:\/\/no-such-host.invalid:8265 must answer/,
  });
});

test("new JobServer() refuses what is no address of a server", () => {
  const wrong = [
    "",
    "head:8265",
    "ray://head:10001",
    "ftp://head",
    "http://head:8265/api",
    "http://a:b@head:1",
    "http://head:99999",
  ];
  for (const address of wrong) {
    assert.throws(() => new JobServer(address, undefined), {
      name: "LabError",
      message: /its address must be http:\/\/HOST:PORT or https:\/\/HOST:PORT/,
    });
  }
  for (const address of ["http://head:8265", "https://head", "http://[::1]:8265/"])
    new JobServer(address, undefined);
});
