import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { createConnection } from "mysql2/promise";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { until } from "../webhooks/webhook-test-context";
import { buildProgram, type Program } from "../start/program";
import { type Answered, isAlive, Workers } from "./workers";

let program: Program;
let database: TestDatabase;
beforeAll(async () => {
  program = await buildProgram();
  database = await makeTestDatabase();
});
afterAll(async () => {
  await program.remove();
  await database.drop();
});

const environment = (more: Record<string, string>) => ({
  ...database.environment,
  PORT: "0",
  WORKERS: "2",
  ...more,
});

const start = (more: Record<string, string> = {}) => Workers.up(program.start(environment(more)));

async function stop({ run }: Workers) {
  run.process.kill("SIGTERM");
  return run.ended;
}

const isStopped = ({ msg }: { msg: string }) => msg === "stopped";

describe("two workers", () => {
  let workers: Workers;
  beforeAll(async () => {
    workers = await start();
  });
  afterAll(() => stop(workers));

  it("serve on one port, greet once, and fill the demo in once", async () => {
    const token = workers.token("direct-agent");
    const asking = Array.from({ length: 8 }, () => workers.ask("query", "customers { totalCount }", token));
    const answers = await Promise.all(asking);
    for (const { body } of answers) expect(body.data).toEqual({ customers: { totalCount: 6 } });
    expect(new Set(answers.map(({ worker }) => worker))).toEqual(new Set([1, 2]));
    expect(workers.run.stdout.match(/Partnergraph is up/g)).toHaveLength(1);
    expect(workers.run.stdout.match(/filled the empty database/g)).toHaveLength(1);
    expect(workers.log().filter(({ worker }) => worker === undefined)).toEqual([]);
    expect([...workers.pids().values()]).not.toContain(workers.run.process.pid);
    expect(workers.run.stdout).not.toContain("fewer connections");
  });

  it("tell each other at once what happened, and their listeners hear each event once", async () => {
    const subscribers = await workers.subscribersOnEach(2);
    const later: number[] = [];
    while (later.length < 10) {
      const heardAt = (eventSubscriber: (typeof subscribers)[number]) =>
        eventSubscriber
          .heard(() => eventSubscriber.positions().length > later.length)
          .then(() => performance.now());
      const worker = await workers.makeEvent();
      const own = subscribers.find((eventSubscriber) => eventSubscriber.worker === worker)!;
      const other = subscribers.find((eventSubscriber) => eventSubscriber.worker !== worker)!;
      const [here, there] = await Promise.all([heardAt(own), heardAt(other)]);
      later.push(there - here);
    }
    const median = later.sort((a, b) => a - b)[5];
    process.stdout.write(
      `from hearing it from one worker to hearing it from the other, median: ${median.toFixed(0)} ms\n`,
    );
    // By looking once a second it would be half a second.
    expect(median).toBeLessThan(250);
    for (const eventSubscriber of subscribers) {
      while (eventSubscriber.positions().length < 10) await pause(10);
      const [first = 0] = eventSubscriber.positions();
      expect(eventSubscriber.positions()).toEqual(Array.from({ length: 10 }, (_, at) => first + at));
      eventSubscriber.socket.terminate();
    }
  });

  it("go on by themselves, each counting for itself, while the primary does not answer", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const token = workers.token("direct-agent");
    await workers.ask("query", "viewer { kind }", token, agent);
    const eventSubscriber = await workers.listen();
    workers.run.process.kill("SIGSTOP");
    const took: number[] = [];
    for (let n = 0; n < 5; n++) {
      const startedAt = performance.now();
      const large = "customers(first: 400) { nodes { id } }"; // More than a worker is lent.
      expect((await workers.ask("query", large, token, agent)).status).toBe(200);
      took.push(performance.now() - startedAt);
    }
    workers.run.process.kill("SIGCONT");
    took.sort((one, other) => one - other);
    expect(took.at(-1)).toBeGreaterThan(500); // The first one that asks the primary waits for it.
    expect(took[2]).toBeLessThan(500); // Those after it do not.
    await workers.makeEvent();
    await eventSubscriber.heard(({ type }) => type === "next");
    eventSubscriber.socket.terminate();
    agent.destroy();
  });

  // The last one: it ends the process.
  it("by SIGTERM close the sockets of both with 1001, end with 0 and leave no process", async () => {
    const subscribers = await workers.subscribersOnEach(2);
    const startedAt = performance.now();
    expect(await stop(workers)).toMatchObject({ code: 0, stderr: "" });
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    for (const eventSubscriber of subscribers) expect((await eventSubscriber.closed).code).toBe(1001);
    expect([...workers.pids().values()].filter(isAlive)).toEqual([]);
    expect(workers.run.stdout).not.toContain("starting another one");
    const whoStopped = workers.log().filter(isStopped);
    expect(whoStopped.map(({ worker = 0 }) => worker).sort()).toEqual([0, 1, 2]);
  });
});

describe("two workers with limits and large pools", () => {
  let workers: Workers;
  beforeAll(async () => {
    workers = await start({
      LIMIT_ANONYMOUS_REQUESTS: "10",
      LIMIT_BUDGET: "1000",
      DATABASE_POOL_SIZE: "500",
    });
  });
  afterAll(() => stop(workers));

  it("count an anonymous caller's requests together", async () => {
    const strangers = [];
    for (let n = 0; n < 12; n++) strangers.push(await workers.ask("query", "__typename"));
    expect(strangers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(200), 429, 429]);
    expect(new Set(strangers.slice(0, 10).map(({ worker }) => worker)).size).toBe(2);
  });

  it("let a caller's points pass to the last whole request, whoever of them counts it", async () => {
    const token = workers.token("direct-agent");
    const ask = () => workers.ask("query", "customers(first: 2) { totalCount nodes { id } }", token);
    const passed: Answered[] = [];
    for (let isRefused = false; !isRefused;) {
      const answers = await Promise.all(Array.from({ length: 10 }, ask));
      passed.push(...answers.filter(({ status }) => status === 200));
      isRefused = answers.some(({ status }) => status === 429);
    }
    // 11 points for the operation, and 2 to read its text, which has a name of its own each time.
    const cost = 11 + 2;
    const left = Math.max(...passed.map(({ headers }) => Number(headers["ratelimit-remaining"])));
    expect(left).toBeGreaterThan(1_000 - 2 * cost); // A worker of two is lent as many when nearly 1,000 are left: not each charge asks.
    // Of the last ten requests some are read, and then refused.
    const whole = Math.floor(1_000 / cost);
    expect(passed.length).toBeLessThanOrEqual(whole);
    expect(passed.length).toBeGreaterThanOrEqual(Math.floor((1_000 - 10 * 2) / cost) - 1);
    expect(new Set(passed.map(({ worker }) => worker))).toEqual(new Set([1, 2]));
    const refused = await workers.ask("query", "viewer { kind }", token);
    expect(refused).toMatchObject({ status: 429, headers: { "ratelimit-remaining": "0" } });
  });

  it("warn once that their pools could want more connections than the database has", () => {
    const warnings = workers.log().filter(({ msg }) => msg.includes("fewer connections"));
    expect(warnings).toMatchObject([{ wanted: 1_000, poolSize: 500, workers: 2, worker: 1 }]);
  });
});

describe("a worker that is killed", () => {
  it("is replaced, and its listener goes on elsewhere after its cursor without loss", async () => {
    const workers = await start();
    const [victim] = await workers.subscribersOnEach(2);
    await workers.makeEvent();
    await victim.heard(({ type }) => type === "next");
    const [heardLast = ""] = victim.cursors();
    process.kill(workers.pids().get(victim.worker)!, "SIGKILL");
    expect((await victim.closed).code).toBe(1006);
    for (let n = 0; n < 3; n++) await workers.makeEvent();

    const again = await workers.listen(heardLast);
    await again.heard(() => again.positions().length === 3);
    const [before = 0] = victim.positions();
    expect(again.positions()).toEqual([before + 1, before + 2, before + 3]);

    await workers.logged(({ reason }) => reason === `worker ${victim.worker} ended with SIGKILL`);
    await workers.logged(({ msg }) => msg === "a worker is up", 3);
    expect([...workers.pids().keys()].sort()).toEqual([1, 2, 3]);
    while ((await workers.ask("query", "__typename")).worker !== 3) await pause(1);
    await stop(workers);
  });

  it("again and again is replaced ever more slowly, and the log says why it could not start", async () => {
    const doomed = await makeTestDatabase();
    const workers = await start(doomed.environment);
    await doomed.drop();
    process.kill(workers.pids().get(2)!, "SIGKILL");
    const ends = await workers.logged(({ msg }) => msg.startsWith("a worker ended"), 4);
    expect(ends.map(({ nextInMs }) => nextInMs)).toEqual([100, 200, 400, 800]);
    const [first, ...others] = ends.map(({ reason }) => reason);
    expect(first).toBe("worker 2 ended with SIGKILL");
    for (const reason of others) expect(reason).toMatch(/^The database \S+ cannot be used: Unknown database/);
    expect(isAlive(workers.pids().get(1)!)).toBe(true);
    expect((await stop(workers)).code).toBe(0);
  });
});

describe("a stop of two workers", () => {
  it("by a signal that reaches every process, as Ctrl+C does, is the same stop", async () => {
    const workers = await start();
    const subscribers = await workers.subscribersOnEach(2);
    for (const pid of [...workers.pids().values(), workers.run.process.pid!]) process.kill(pid, "SIGINT");
    expect(await workers.run.ended).toMatchObject({ code: 0, stderr: "" });
    for (const eventSubscriber of subscribers) expect((await eventSubscriber.closed).code).toBe(1001);
  });

  it("is one in order also when the primary is gone", async () => {
    const workers = await start();
    const subscribers = await workers.subscribersOnEach(2);
    workers.run.process.kill("SIGKILL");
    for (const eventSubscriber of subscribers) expect((await eventSubscriber.closed).code).toBe(1001);
    await workers.run.ended; // Its output is theirs too: it ends when they have.
    expect([...workers.pids().values()].filter(isAlive)).toEqual([]);
    expect(workers.log().filter(isStopped)).toHaveLength(2);
  });
});

describe("a start of workers that cannot be", () => {
  const endOf = async (more: Record<string, string>) => {
    const { code, stdout, stderr } = await program.start(environment({ LOG_LEVEL: "fatal", ...more })).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    return stderr;
  };

  it("because the port is taken says so once", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as { port: number };
    expect(await endOf({ PORT: String(port) })).toMatch(
      /^The port is taken: .*Set PORT to another one, or stop that program\.\n$/,
    );
    holder.close();
  });

  it("because the database is away says so once", async () => {
    const away = "mysql://someone:hunter2@127.0.0.1:1/partners";
    expect(await endOf({ DATABASE_URL: away, WORKERS: "4" })).toMatch(/^The database .*ECONNREFUSED.*\n$/);
  });

  it("because they would write to SQLite names both variables", async () => {
    const problem = /^The configuration is not valid:\n +WORKERS must be 1 .*DATABASE_URL.*\n$/;
    expect(await endOf({ DATABASE_URL: "" })).toMatch(problem);
  });
});

describe("a worker whose primary is killed while it starts", () => {
  it("ends at once, and does not wait for a port that nobody gives it", async () => {
    const empty = await makeTestDatabase();
    // Another node migrates, as far as it can tell: it waits.
    const connection = await createConnection(empty.environment.DATABASE_URL);
    await connection.query(
      "CREATE TABLE migration_lease (id integer PRIMARY KEY, holder varchar(40) NOT NULL, expiresAt bigint NOT NULL)",
    );
    await connection.query("INSERT INTO migration_lease VALUES (1, 'another node', ?)", [
      Date.now() + 60_000,
    ]);
    const run = program.start({ ...environment({}), ...empty.environment });
    while (!run.stdout.includes("another node is migrating")) await pause(10);
    const worker = childOf(run.process.pid!);
    run.process.kill("SIGKILL");
    // The lease of the node that it waits for is over in a minute.
    await until(() => !isAlive(worker));
    await connection.end();
    await empty.drop();
  });
});

/** The only process that another one has started. */
function childOf(pid: number): number {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  return Number(stdout.trim());
}
