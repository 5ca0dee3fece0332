import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { houseOf } from "../api/at-the-door";
import { runHere } from "../commands/admin-in-process";
import { buildProgram, type Program } from "../server/program";
import { copyRow, joined } from "../support/many-rows";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { startTestServer } from "../support/test-server";

/** Restores that are killed, each at another moment. */
const KILLS = Number(process.env.PARTNERGRAPH_TEST_KILLS ?? 2);

/** Rows beside the demo's, so that there is time to be killed in. */
const OFFERS = 8_000;

let program: Program;
let original: TestDatabase;
let backup: string;
let restoreMs: number;
beforeAll(async () => {
  program = await buildProgram();
  original = await makeTestDatabase({ migrated: true });
  const server = await startTestServer({}, original);
  const house = houseOf(server);
  await copyRow(house, "offer", "isAddOn = 0", OFFERS, { catalogId: joined(house, "'copy-'", "n") });
  await server.stop();
  backup = join(original.folder, "backup");
  const { code } = await runHere(["backup", backup], quiet(original));
  expect(code).toBe(0);
  restoreMs = await withEmpty(async (empty) => {
    const { ms, code: restored, stderr } = await restore(empty);
    expect({ restored, stderr }).toEqual({ restored: 0, stderr: "" });
    return ms;
  });
});
afterAll(async () => {
  await original.drop();
  await program.remove();
});
jest.setTimeout(240_000);

const quiet = ({ environment }: TestDatabase) => ({ ...environment, LOG_LEVEL: "silent" });
const restore = (empty: TestDatabase) => program.partnergraph(["restore", backup], quiet(empty));

async function withEmpty<T>(work: (empty: TestDatabase) => Promise<T>): Promise<T> {
  const empty = await makeTestDatabase();
  try {
    return await work(empty);
  } finally {
    await empty.drop();
  }
}

/** Begins a restore and kills it after some milliseconds, with SIGKILL; false when it was faster. */
async function killedAfter(ms: number, empty: TestDatabase): Promise<boolean> {
  const run = program.run(["restore", backup], quiet(empty));
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
  for (let kill = 0; kill < KILLS; kill++) {
    const ms = restoreMs * (0.3 + 0.65 * ((kill + Math.random()) / KILLS));
    await withEmpty(async (empty) => {
      if (!(await killedAfter(ms, empty))) return void found.push("it was faster");
      const left = readdirSync(empty.folder).sort().join(" ");
      const state = await foundBy(empty);
      found.push(`${Math.round(ms)} of ${Math.round(restoreMs)} ms: ${state} [${left}]`);
      if (testDatabase === "sqlite") expect(state).not.toMatch(/refusal/); // The file has its name last.
    });
    // What is left does not keep a second one from succeeding, in a new database.
    if (kill === 0) await withEmpty(async (empty) => expect((await restore(empty)).code).toBe(0));
  }
  process.stdout.write(`killed restores, ${testDatabase}:\n  ${found.join("\n  ")}\n`);
  expect(found.filter((what) => what !== "it was faster").length).toBeGreaterThan(0);
});
