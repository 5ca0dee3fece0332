import { setTimeout as pause } from "node:timers/promises";
import { type LoggedServer, startLoggedServer } from "../api/logged-server";
import { openConnection } from "../support/raw-request";

let server: LoggedServer;
beforeAll(async () => {
  server = await startLoggedServer();
});
afterAll(() => server.stop());

it("a caller that hangs up before its stream begins leaves no error in the log", async () => {
  const { directory } = server.running.services;
  const token = await server.token("direct-agent");
  const body = JSON.stringify({ query: "subscription { events { position } }" });
  const lines = [
    "POST /graphql/stream HTTP/1.1",
    "Host: localhost",
    "Accept: text/event-stream",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    `Authorization: Bearer ${token}`,
  ];
  const bearerOf = directory.bearerOf.bind(directory);
  let hangUp: () => void = () => undefined;
  let left = 0;
  // It is gone while it is looked up who it is.
  directory.bearerOf = async (...asked) => {
    hangUp();
    await pause(50);
    left++;
    return bearerOf(...asked);
  };
  for (let time = 0; time < 3; time++) {
    const socket = await openConnection(server.url);
    hangUp = () => socket.destroy();
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    await new Promise((resolve) => socket.once("close", resolve));
    await pause(300);
  }
  directory.bearerOf = bearerOf;
  expect(left).toBeGreaterThan(2);
  expect(server.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
});
