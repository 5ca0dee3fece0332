import { contributions } from "../../src/areas";
import { Offer } from "../../entities/catalog/offer";
import { Partner } from "../../entities/partners/partner";
import { newId } from "../../src/values/ids";
import { openDatabase } from "../../src/database/open-database";
import { runUnitOfWork } from "../../src/unit-of-work/unit-of-work";
import { insertPartner } from "../database/rows";
import { runAdminHere } from "../commands/admin-in-process";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { tamper } from "./activity";

let storage: TestDatabase;
let environment: Record<string, string>;
beforeAll(async () => {
  storage = await makeTestDatabase();
  environment = { ...storage.environment, LOG_LEVEL: "silent" };
});
afterAll(() => storage.drop());

const verify = (...args: string[]) => runAdminHere(["verify-activity-log", ...args], environment);

it("npm run admin -- verify-activity-log prints count and head of each log, and exits 1 naming what was touched", async () => {
  const database = await openDatabase(storage.address, { onProgress: () => undefined });
  const caller = {
    actor: { kind: "SYSTEM" as const },
    requestId: "setup",
    now: () => "2026-03-01T12:00:00.000Z",
    contributions,
  };
  const make = () =>
    runUnitOfWork(
      database,
      () => undefined,
      caller,
      (tx) => insertPartner(tx, {}),
    );
  const [one, other] = [await make(), await make()];
  try {
    const whole = await verify();
    expect(whole.stderr).toBe("");
    expect(whole.code).toBe(0);
    const lines = whole.stdout.trim().split("\n");
    expect(lines.slice(0, 2).sort()).toEqual(
      [one.id, other.id]
        .sort()
        .map((id) => expect.stringMatching(new RegExp(`^${id}: 1 records, head [0-9a-f]{64}$`))),
    );
    expect(lines[2]).toBe("2 activity logs are whole.");

    await tamper({ database }, [
      `UPDATE activity_record SET actorName = 'nobody' WHERE organizationId = '${one.id}'`,
    ]);
    const damaged = await verify();
    expect(damaged.code).toBe(1);
    expect(damaged.stdout).toMatch(
      new RegExp(`${one.id}: DAMAGED at record 1 \\(act_[0-9a-z]{26}\\): content changed`),
    );
    expect(damaged.stdout).toContain(`${other.id}: 1 records, head`);
    expect(damaged.stderr).toBe(`Damaged: 1 of 2 activity logs (${one.id}).\n`);

    expect(await verify("--organization", other.id)).toMatchObject({ code: 0, stderr: "" });
    expect((await verify("--organization", one.id)).code).toBe(1);
    const unknown = newId(Partner);
    expect(await verify("--organization", unknown)).toEqual({
      code: 2,
      stderr: "",
      stdout: `${unknown}: NOT FOUND; there is no such organization\n`,
    });
    for (const wrong of ["nope", "part_nobody", newId(Offer)]) {
      const { code, stdout, stderr } = await verify("--organization", wrong);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^--organization must be the id of a partner or customer/);
    }
  } finally {
    await database.close();
  }
});
