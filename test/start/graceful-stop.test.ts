import { setTimeout as pause } from "node:timers/promises";
import { openSocket } from "../live/socket";
import { openStream } from "../live/stream";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { buildProgram, type Program, type Run } from "./program";

const EVENTS = "subscription { events { position cursor } }";
/** Longer than a busy machine takes for what is done meanwhile. */
const DELAY_MS = 5_000;
const QUERY = JSON.stringify({ query: "{ viewer { kind } }" });

/** Of sockets and of streams. */
const LISTENERS = 60;

let program: Program;
let database: TestDatabase;
let run: Run;
let url: string;
let token: string;
beforeAll(async () => {
  program = await buildProgram();
  database = await makeTestDatabase({ migrated: true });
  const shutdown = { SHUTDOWN_DELAY_SECONDS: String(DELAY_MS / 1_000), SHUTDOWN_SPREAD_SECONDS: "3" };
  run = program.start({ ...database.environment, ...shutdown, PORT: "0" });
  url = await run.up();
  // The tokens may come in a later piece of what it writes than its address.
  const tokenIn = (text: string) => /^ +direct-agent .*\n +(\S+)\n/m.exec(text)?.[1];
  while (tokenIn(run.stdout) === undefined) await pause(10);
  token = tokenIn(run.stdout) ?? "";
});
afterAll(async () => {
  await program.remove();
  await database.drop();
});

const ready = async () => (await fetch(`${url}/readyz`)).status;
const ask = async () => {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/graphql`, { method: "POST", headers, body: QUERY });
  return { status: answer.status, connection: answer.headers.get("connection") };
};

it("a server that is told to stop is not ready at once, serves on until its balancer has noticed, closes listeners with their last cursor, and ends with 0", async () => {
  const sockets = await Promise.all(Array.from({ length: LISTENERS }, () => openSocket({ url }, token)));
  for (const socket of sockets) socket.subscribe("1", EVENTS);
  const asked = { token, query: EVENTS };
  const streams = await Promise.all(Array.from({ length: LISTENERS }, () => openStream({ url }, asked)));
  await pause(100);
  expect(await ready()).toBe(200);

  const toldAt = performance.now();
  run.process.kill("SIGTERM");
  while ((await ready()) === 200) await pause(5);
  expect(performance.now() - toldAt).toBeLessThan(DELAY_MS);
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ reason: "STOPPING" });
  expect(await ask()).toEqual({ status: 200, connection: "keep-alive" });
  // One that came through a balancer which has not noticed.
  const late = await openSocket({ url }, token);
  await pause(0.6 * DELAY_MS - (performance.now() - toldAt));
  expect(await ask()).toEqual({ status: 200, connection: "close" });
  expect(sockets.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);

  for (const socket of [...sockets, late]) {
    expect(await socket.closed).toEqual({ code: 1001, reason: "Going away" });
    expect(performance.now() - toldAt).toBeGreaterThan(DELAY_MS - 50);
  }
  for (const { messages } of sockets)
    expect(messages.at(-1)).toMatchObject({
      type: "ping",
      payload: { heartbeat: [{ id: "1", cursor: expect.any(String) as string }] },
    });
  for (const stream of streams) {
    expect(await stream.over).toBe("ended");
    expect(stream.text()).toMatch(/id: \S+\n: position \d+\n\n$/);
  }
  // One after the other, sockets and streams together: 10 ms for each but the first, after the delay.
  expect(performance.now() - toldAt).toBeGreaterThan(DELAY_MS + (2 * LISTENERS - 1) * 10);
  const { code, ms, stderr } = await run.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(ms).toBeLessThan(60_000);
});
