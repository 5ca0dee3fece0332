import { Deadline } from "../../src/context/deadline";
import { testContextOf, post, send } from "../api/at-the-endpoint";
import { makeGate } from "../database/gate";
import { openSocket } from "../live/socket";
import { listenersLeft } from "../live/scenario";
import { openStream } from "../live/stream";
import type { TestContext } from "../support/test-context";
import { startTestServer, type TestServer } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { figuresAt, growthOf, sumOf } from "./figures";

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  const environment = { METRICS_PORT: "0", LIMIT_ANONYMOUS_REQUESTS: "20" };
  server = await startTestServer(environment, undefined, {
    jobIntervals: { endSubscriptionTerms: 50, expireInvitations: 50 },
  });
  testContext = testContextOf(server);
});
afterAll(() => server.stop());

const figures = () => figuresAt(server.running.metricsUrl!);
const growth = growthOf(figures);

const asAgent = async (document: string, variables = {}) =>
  (await server.as("direct-agent")).ask(document, variables);

describe("the door of the figures", () => {
  it("is a port of its own on loopback, and the API's port knows nothing of it", async () => {
    expect(server.running.metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect(new URL(server.running.metricsUrl!).port).not.toBe(new URL(server.url).port);
    expect((await send(`${server.url}/metrics`)).status).toBe(404);
  });

  it("is opened only where the operator says on which port", async () => {
    const quiet = await startTestServer();
    expect(quiet.running.metricsUrl).toBeUndefined();
    await quiet.stop();
  });

  it("answers nothing else", async () => {
    const { origin } = new URL(server.running.metricsUrl!);
    expect((await send(`${origin}/`)).status).toBe(404);
    expect((await send(`${origin}/metrics`, { method: "POST" })).status).toBe(404);
  });

  it("tells of the process: CPU, memory, event loop, garbage collection", async () => {
    const names = new Set((await figures()).map(({ name }) => name));
    for (const name of [
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_heap_size_used_bytes",
      "nodejs_eventloop_lag_p99_seconds",
    ])
      expect(names).toContain(name);
  });
});

describe("operations", () => {
  it("are counted by their root field, whatever the caller calls them", async () => {
    const ask = () => asAgent("query Mine { ...F } fragment F on Query { customers { nodes { id } } }");
    const labels = { kind: "query", operation: "customers", outcome: "ok", code: "" };
    expect(await growth(ask, "operations_total", labels)).toBe(1);
    const several = () => asAgent("{ viewer { kind } customers { totalCount } }");
    expect(await growth(several, "operations_total", { operation: "several" })).toBe(1);
    const seconds = { kind: "query", operation: "customers" };
    expect(await growth(ask, "operation_seconds_count", seconds)).toBe(1);
    expect(await growth(ask, "operation_seconds_sum", seconds)).toBeGreaterThan(0);
  });

  it("are told apart by how they end: refused by a rule, refused by a limit, not understood", async () => {
    const refusedByRule = () =>
      asAgent(`mutation { removeRelationship(input: { relationshipId: "rel_00000000000000000000000000" }) {
        relationship { id } } }`);
    expect(
      await growth(refusedByRule, "operations_total", {
        kind: "mutation",
        operation: "removeRelationship",
        outcome: "refused",
        code: "RELATIONSHIP_NOT_FOUND",
      }),
    ).toBe(1);
    const tooDear = () => asAgent("{ customers(first: 500) { nodes { subscriptions { nodes { id } } } } }");
    const refused = { kind: "query", operation: "customers", outcome: "refused" };
    expect(await growth(tooDear, "operations_total", { ...refused, code: "OPERATION_TOO_LARGE" })).toBe(1);
    const unknown = { kind: "unknown", operation: "unknown", outcome: "refused", code: "BAD_REQUEST" };
    expect(await growth(() => asAgent("{ noSuchField }"), "operations_total", unknown)).toBe(1);
  });

  it("that fail by a fault of ours are counted as failed", async () => {
    const source = server.running.services.database.schemaSource;
    await source.query("ALTER TABLE offer RENAME TO offer_away");
    const fail = () => asAgent("{ offers { nodes { id } } }");
    const labels = { operation: "offers", outcome: "failed", code: "INTERNAL" };
    expect(await growth(fail, "operations_total", labels)).toBe(1);
    await source.query("ALTER TABLE offer_away RENAME TO offer");
  });

  it("over sockets and streams count too, live ones when they begin", async () => {
    const token = await server.token("direct-agent");
    const socket = await openSocket(server, token);
    const query = async () => {
      socket.subscribe("1", "{ viewer { kind } }");
      await socket.heard(({ type, id }) => type === "complete" && id === "1");
    };
    expect(await growth(query, "operations_total", { operation: "viewer", outcome: "ok" })).toBe(1);
    const mistake = async () => {
      socket.subscribe("2", "{ noSuchField }");
      await socket.heard(({ type, id }) => type === "error" && id === "2");
    };
    expect(await growth(mistake, "operations_total", { code: "BAD_REQUEST" })).toBe(1);
    const stream = async () => {
      const one = await openStream(server, { token, query: "subscription { events { id } }" });
      await listenersLeft(server, 1);
      one.hangUp();
    };
    const begun = { kind: "subscription", operation: "events", outcome: "ok" };
    expect(await growth(stream, "operations_total", begun)).toBe(1);
    socket.socket.terminate();
  });
});

describe("the database's figures", () => {
  it("have every statement", async () => {
    const before = sumOf(await figures(), "database_statements_total");
    server.statements.length = 0;
    await asAgent("{ customers { nodes { id } } }");
    const counted = server.statements.length;
    const after = sumOf(await figures(), "database_statements_total");
    // Looking costs one itself, for the webhooks' lag; the job scheduler's sweeps come on top.
    expect(counted).toBeGreaterThanOrEqual(1);
    expect(after - before).toBeGreaterThanOrEqual(counted);
  });

  it("have the wait for a connection, those who waited in vain, and transactions tried again", async () => {
    const gate = makeGate();
    const places = testContext.database.family === "mysql" ? 10 : 1;
    const holders = Array.from({ length: places }, () => testContext.system.transaction(() => gate.passed));
    const before = await figures();
    const waiting = testContext.database.transact(() => Promise.resolve(), { deadline: new Deadline(1_000) });
    await expect(waiting).rejects.toMatchObject({ code: "SERVICE_BUSY" });
    const patient = testContext.system.transaction(() => Promise.resolve());
    setTimeout(gate.open, 300);
    await Promise.all([...holders, patient]);
    const after = await figures();
    const grown = (...figure: [string, Record<string, string>?]) =>
      sumOf(after, ...figure) - sumOf(before, ...figure);
    expect(grown("database_busy_total")).toBeGreaterThanOrEqual(1);
    const all = grown("database_wait_seconds_count");
    expect(all).toBeGreaterThanOrEqual(1);
    expect(all - grown("database_wait_seconds_bucket", { le: "0.1" })).toBeGreaterThanOrEqual(1);

    let tries = 0;
    const undone = () =>
      testContext.system.transaction(() => {
        if (++tries === 1) throw Object.assign(new Error("deadlock"), { errno: 1213 });
        return Promise.resolve();
      });
    expect(await growth(undone, "transaction_retries_total")).toBe(1);
  });
});

describe("the figures of what is refused at the door", () => {
  it("have sign-ins by code and reason, and budgets by whose they are", async () => {
    const anonymous = () => post(server, { query: "{ __typename }" });
    expect(await growth(anonymous, "sign_ins_refused_total", { code: "TOKEN_MISSING" })).toBe(1);
    const garbage = () =>
      post(server, { query: "{ __typename }" }, { authorization: "Bearer some.garbage.token" });
    expect(
      await growth(garbage, "sign_ins_refused_total", { code: "TOKEN_INVALID", reason: "it is not a JWT" }),
    ).toBe(1);
    const tooMany = async () => {
      for (let n = 0; n < 20; n++) await anonymous();
    };
    expect(await growth(tooMany, "budgets_refused_total", { budget: "strangers" })).toBeGreaterThan(0);
  });
});

describe("what the server does by itself", () => {
  it("is counted by what it is and whether it was done", async () => {
    const sweeps = async (outcome: string) =>
      sumOf(await figures(), "jobs_total", { job: "expireInvitations", outcome });
    const [done, failed] = [await sweeps("done"), await sweeps("failed")];
    await until(async () => (await sweeps("done")) > done);
    expect(await sweeps("failed")).toBe(failed);
    const source = server.running.services.database.schemaSource;
    await source.query("ALTER TABLE invitation RENAME TO invitation_away");
    await until(async () => (await sweeps("failed")) > failed);
    await source.query("ALTER TABLE invitation_away RENAME TO invitation");
  });
});
