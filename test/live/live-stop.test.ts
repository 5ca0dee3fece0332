import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { CLOSE_GRACE_MS } from "../../src/transport/streams/live-endpoint";
import { within } from "../support/patience";
import { startTestServer, type TestServer } from "../support/test-server";
import { makeGate } from "../database/gate";
import { until } from "../webhooks/webhook-test-context";
import { openSocket } from "./socket";
import { HEAD, listenersLeft, onServer } from "./scenario";
import { openStream } from "./stream";
import { upgrade } from "./upgrade";

const EVENTS = `subscription { events { ${HEAD} } }`;

/** Stops a server, and says how many milliseconds that took; fails when it takes too long. */
async function stopWithin(server: TestServer, milliseconds: number): Promise<number> {
  const startedAt = performance.now();
  const tooLate = pause(milliseconds, "still stopping", { ref: false });
  expect(await Promise.race([server.stop(), tooLate])).toBeUndefined();
  return performance.now() - startedAt;
}

/** Stops a server, and says how long that took: no longer than its peers are given to hang up. */
const stopInTime = (server: TestServer) => stopWithin(server, within(CLOSE_GRACE_MS));

describe("a server that stops", () => {
  it("closes its sockets with 1001 at once, also one that has not signed in, and no longer answers", async () => {
    const server = await startTestServer();
    const listening = await openSocket(server, await server.token("direct-agent"));
    for (let n = 0; n < 20; n++) listening.subscribe(`${n}`, EVENTS);
    expect(await listenersLeft(server, 20)).toBe(20);
    // It may take three seconds to sign in.
    const sockets = [listening, await openSocket(server)];

    await stopInTime(server);
    for (const { closed } of sockets) expect(await closed).toEqual({ code: 1001, reason: "Going away" });
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });

  it("cuts off a socket that does not read after a grace period", async () => {
    const server = await startTestServer();
    const deaf = await openSocket(server, await server.token("direct-agent"));
    deaf.subscribe("1", EVENTS);
    expect(await listenersLeft(server, 1)).toBe(1);
    (deaf.socket as unknown as { _socket: Socket })._socket.pause();
    expect(await stopInTime(server)).toBeGreaterThan(CLOSE_GRACE_MS - 100);
    deaf.socket.terminate();
  });

  it("refuses who would connect while it closes the others, and says that another server serves them", async () => {
    const server = await startTestServer();
    const token = await server.token("direct-agent");
    const deaf = await openSocket(server, token);
    (deaf.socket as unknown as { _socket: Socket })._socket.pause();
    const stopping = stopInTime(server);
    await until(async () => (await upgrade(server)).status === 503);
    const refusal = { errors: [{ extensions: { code: "SERVICE_UNAVAILABLE", kind: "UNAVAILABLE" } }] };
    const { status, body } = await upgrade(server);
    expect({ status, body: JSON.parse(body) as unknown }).toMatchObject({ status: 503, body: refusal });
    const stream = await openStream(server, { token, query: EVENTS });
    await stream.over;
    expect(stream.status).toBe(503);
    expect(JSON.parse(stream.text())).toMatchObject(refusal);
    await stopping;
    deaf.socket.terminate();
  });

  it("does not wait for a connection on which nothing was asked", async () => {
    const server = await startTestServer();
    const { hostname, port } = new URL(server.url);
    const idle = connect(Number(port), hostname);
    idle.on("error", () => undefined);
    await once(idle, "connect");
    await until(() => server.running.connections.count === 1);
    // Where no headers come Node closes it after ten seconds.
    await stopWithin(server, 6_000);
    idle.destroy();
  });

  it("finishes the work that is under way, and then does not wait for the caller to hang up", async () => {
    const server = await startTestServer();
    const [gate, caller] = [makeGate(), await server.as("direct-agent")];
    const places = server.running.services.database.family === "mysql" ? 10 : 1;
    const holding = Array.from({ length: places }, () => onServer(server).transaction(() => gate.passed));
    const working = caller.ask(
      'mutation { inviteCustomer(input: { recipientEmail: "a@b.example" }) { link userErrors { code } } }',
    );
    // The request has come so far that its caller was looked up.
    await until(() => server.statements.some((sql) => sql.includes("user_account")));
    setTimeout(gate.open, 300);
    const stopping = stopInTime(server);
    await Promise.all(holding);
    expect((await working).data.inviteCustomer).toMatchObject({
      link: expect.any(String) as string,
      userErrors: [],
    });
    await stopping;
  });
});
