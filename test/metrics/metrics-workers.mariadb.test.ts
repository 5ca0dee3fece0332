import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { buildProgram, type Program } from "../start/program";
import { Workers } from "../cluster/workers";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { until } from "../webhooks/webhook-test-context";
import { figuresAt, sumOf } from "./figures";

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

const start = (more: Record<string, string>) =>
  Workers.up(program.start({ ...database.environment, PORT: "0", WORKERS: "2", METRICS_PORT: "0", ...more }));

async function metricsUrlOf(workers: Workers): Promise<string> {
  const lines = await workers.logged(({ msg }) => msg === "metrics are served");
  expect(lines).toHaveLength(1);
  return String(lines[0]?.url);
}

const OPERATIONS = "operations_total";

describe("the figures of two workers", () => {
  it("are served by the primary, with a label for each process, and sum up to what was asked", async () => {
    const workers = await start({});
    const url = await metricsUrlOf(workers);
    for (let n = 0; n < 8; n++) await workers.ask("query", "viewer { kind }", workers.token("direct-agent"));
    const figures = await figuresAt(url);
    const of = (worker: string) => sumOf(figures, OPERATIONS, { operation: "viewer", worker });
    expect([of("1") > 0, of("2") > 0, of("1") + of("2")]).toEqual([true, true, 8]);
    const who = figures.filter(({ name }) => name === "process_resident_memory_bytes");
    expect(who.map(({ labels }) => labels.worker).sort()).toEqual(["1", "2", "primary"]);
    expect(figures.filter(({ labels }) => labels.worker === undefined)).toEqual([]);

    process.kill(workers.pids().get(1)!, "SIGSTOP");
    const meanwhile = await figuresAt(url);
    expect(sumOf(meanwhile, OPERATIONS, { worker: "1" })).toBe(0);
    expect(sumOf(meanwhile, OPERATIONS, { worker: "2", operation: "viewer" })).toBe(of("2"));
    process.kill(workers.pids().get(1)!, "SIGKILL");
    await until(async () => sumOf(await figuresAt(url), "database_statements_total", { worker: "3" }) > 0);
    workers.run.process.kill("SIGTERM");
    expect(await workers.run.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("cannot be served on a port that is taken: the start says so once, and leaves no worker", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    for (const count of ["1", "2"]) {
      const taken = { ...database.environment, PORT: "0", WORKERS: count, METRICS_PORT: String(port) };
      const { code, stderr } = await program.start(taken).ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(/^The metrics cannot be served: .*Set METRICS_HOST and METRICS_PORT .*\n$/);
    }
    holder.close();
  });
});
