import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { acceptPending } from "../../src/transport/http/pending-connections";

const REQUESTS = 100;

it("requests that wait to be accepted when a server stops to listen are answered", async () => {
  let accepted = 0;
  const server = createServer((_request, response) => void response.end());
  server.on("connection", () => accepted++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let connected = 0;
  const asked = Array.from({ length: REQUESTS }, () => {
    const request = get({ port, host: "127.0.0.1", agent: false });
    request.once("socket", (socket) => socket.once("connect", () => connected++));
    return once(request, "response").then(
      () => "answered",
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
  });
  while (connected < REQUESTS) await new Promise(setImmediate);
  // Otherwise nothing would wait.
  expect(accepted).toBeLessThan(REQUESTS / 2);
  await acceptPending(server);
  server.close();
  expect(new Set(await Promise.all(asked))).toEqual(new Set(["answered"]));
});

it("a server that new connections never cease to come to stops nevertheless", async () => {
  const server = createServer((_request, response) => void response.end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let isOver = false;
  const asking = (async () => {
    while (!isOver)
      await once(
        get({ port, host: "127.0.0.1", agent: false }).on("response", (r) => r.resume()),
        "close",
      );
  })();
  await acceptPending(server);
  isOver = true;
  await asking;
  server.close();
});
