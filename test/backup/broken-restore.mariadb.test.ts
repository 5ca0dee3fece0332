import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createConnection } from "mysql2/promise";
import { runHere } from "../commands/admin-in-process";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { startTestServer } from "../support/test-server";

let original: TestDatabase;
let empty: TestDatabase;
beforeAll(async () => {
  original = await makeTestDatabase({ migrated: true });
  await (await startTestServer({}, original)).stop();
  empty = await makeTestDatabase();
});
afterAll(async () => {
  await original.drop();
  await empty.drop();
});
jest.setTimeout(120_000);

const quiet = ({ environment }: TestDatabase) => ({ ...environment, LOG_LEVEL: "silent" });

/** Makes every change of a head fail, from the moment on when its table is there. */
async function refuseHeadChanges(): Promise<void> {
  const outside = await createConnection(empty.environment.DATABASE_URL);
  const trigger =
    "CREATE TRIGGER no_change BEFORE UPDATE ON organization_head FOR EACH ROW SIGNAL SQLSTATE '45000'";
  const isMade = () =>
    outside.query(trigger).then(
      () => true,
      () => false,
    );
  while (!(await isMade())) await pause(5);
  await outside.end();
}

it("a restore that breaks off before the streams have new timelines leaves a database on which no server starts", async () => {
  const backup = join(original.folder, "backup");
  expect((await runHere(["backup", backup], quiet(original))).code).toBe(0);
  const [restored] = await Promise.all([runHere(["restore", backup], quiet(empty)), refuseHeadChanges()]);

  expect(restored.code).not.toBe(0);
  await expect(startTestServer({}, empty)).rejects.toThrow(/A restore into this database .* broke off/);
});
