import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createConnection } from "mysql2/promise";
import { testContextOf } from "../api/at-the-endpoint";
import { runHere } from "../commands/admin-in-process";
import { buildProgram, type Program } from "../start/program";
import { copyRow, joined } from "../support/many-rows";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { startTestServer } from "../support/test-server";

/** Restores that are killed, each at another moment. */
const KILLS = Number(process.env.PARTNERGRAPH_TEST_KILLS ?? 2);

/** Rows beside the demo's, so that there is time to be killed in. */
const OFFERS = 5_000;

let program: Program;
let original: TestDatabase;
let backup: string;
/** How long a restore works, from the first thing that it makes to its end. */
let workMs: number;
beforeAll(async () => {
  program = await buildProgram();
  original = await makeTestDatabase({ migrated: true });
  const server = await startTestServer({}, original);
  const testContext = testContextOf(server);
  await copyRow(testContext, "offer", "isAddOn = 0", OFFERS, {
    catalogId: joined(testContext, "'copy-'", "n"),
  });
  await server.stop();
  backup = join(original.folder, "backup");
  const { code } = await runHere(["backup", backup], quiet(original));
  expect(code).toBe(0);
  workMs = await withEmpty(async (empty) => {
    const run = program.run(["restore", backup], quiet(empty));
    await begun(empty);
    const startedAt = performance.now();
    expect(await run.ended).toMatchObject({ code: 0, stderr: "" });
    return performance.now() - startedAt;
  });
});
afterAll(async () => {
  await original.drop();
  await program.remove();
});
jest.setTimeout(240_000);

const quiet = ({ environment }: TestDatabase) => ({ ...environment, LOG_LEVEL: "silent" });

async function withEmpty<T>(work: (empty: TestDatabase) => Promise<T>): Promise<T> {
  const empty = await makeTestDatabase();
  try {
    return await work(empty);
  } finally {
    await empty.drop();
  }
}

/** Waits until a restore has made something: a file beside the database's, or the first table. */
async function begun({ address, folder }: TestDatabase): Promise<void> {
  const connection = address.family === "mysql" ? await createConnection(address.url) : undefined;
  const hasMade = async () => {
    if (!connection) return readdirSync(folder).length > 0;
    const [tables] = await connection.query("SHOW TABLES");
    return (tables as unknown[]).length > 0;
  };
  while (!(await hasMade())) await pause(5);
  await connection?.end();
}

/** Begins a restore and kills it, with SIGKILL, some milliseconds after it has begun to work; false when it was faster. */
async function killedAfter(ms: number, empty: TestDatabase): Promise<boolean> {
  const run = program.run(["restore", backup], quiet(empty));
  await begun(empty);
  await pause(ms);
  run.process.kill("SIGKILL");
  return (await run.ended).code === null;
}

/** What an operator finds who looks at the database, and then starts a server on it. */
async function foundBy(operator: TestDatabase): Promise<string> {
  const { code, stdout, stderr } = await runHere(["verify"], quiet(operator));
  if (code === 0) {
    // As new: it was killed when everything was done, and nothing of it is missing.
    expect(stdout).toMatch(/^Everything agrees\.$/m);
    const server = await startTestServer({}, operator);
    const [{ n } = { n: 0 }] = await server.running.services.database.read((reads) =>
      reads.rows<{ n: number }>("SELECT COUNT(*) AS n FROM offer"),
    );
    await server.stop();
    expect(Number(n)).toBeGreaterThan(OFFERS);
    return "the new state";
  }
  expect(code).toBe(2);
  if (/there is no such file|does not have the schema of this version/.test(stderr)) {
    const server = await startTestServer({ DEMO: "off" }, operator);
    const answer = await server.running.services.database.read((reads) =>
      reads.rows<{ n: number }>("SELECT COUNT(*) AS n FROM offer"),
    );
    await server.stop();
    expect(answer.map(({ n }) => Number(n))).toEqual([0]);
    return "the old state: an empty database";
  }
  expect(stderr).toMatch(/A restore into this database is under way, or broke off\..*make an empty database/);
  await expect(startTestServer({}, operator)).rejects.toThrow(/broke off/);
  return "a refusal with the way out";
}

it("a restore that is killed leaves the old state, the new one, or a database that every start refuses with the way out", async () => {
  const found: string[] = [];
  // One that is faster than the kill shows nothing, and is tried again.
  for (let tries = 0; found.length < KILLS && tries < 3 * KILLS; tries++) {
    const ms = workMs * 0.6 * Math.random();
    await withEmpty(async (empty) => {
      if (!(await killedAfter(ms, empty))) return;
      const left = readdirSync(empty.folder).sort().join(" ");
      const state = await foundBy(empty);
      found.push(`${Math.round(ms)} of ${Math.round(workMs)} ms: ${state} [${left}]`);
      if (testDatabase === "sqlite") expect(state).not.toMatch(/refusal/); // The file has its name last.
    });
  }
  process.stdout.write(`killed restores, ${testDatabase}:\n  ${found.join("\n  ")}\n`);
  expect(found.length).toBeGreaterThan(0);
});
