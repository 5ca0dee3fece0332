import { join } from "node:path";
import libsql from "libsql";
import { setTimeout as pause } from "node:timers/promises";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { listCustomers } from "../../src/customers";
import { SERVER_WAITS } from "../../src/database/waits";
import { acceptInvitation, inviteCustomer } from "../../src/invitations";
import { anInvitation, aPartner, aProspect, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";
import { within } from "../support/patience";

/** As a server waits, and longer than a busy machine takes for what nothing stands in the way of. */
const WAITS = { ...SERVER_WAITS, requestMs: 4_000 };
const POOL_SIZE = 6;
/** Four of six connections are for transactions, and half of these is what may wait for one organization. */
const MAX_WAITING = 2;

let testContext: TestContext;
let locked: PartnerWithUser;
let other: PartnerWithUser;
beforeAll(async () => {
  testContext = await openTestContext({ poolSize: POOL_SIZE, waits: WAITS });
  locked = await aPartner(testContext);
  other = await aPartner(testContext);
});
afterAll(() => testContext.close());

const outsiders: Connection[] = [];
/** A connection of somebody else, closed after the test. */
async function connectOutside(url = testContext.environment.DATABASE_URL): Promise<Connection> {
  const outside = await createConnection(url);
  outsiders.push(outside);
  return outside;
}
afterEach(async () => {
  for (const outside of outsiders.splice(0)) await outside.end().catch(() => undefined);
});

/** Holds what every write of the locked organization needs, as somebody's transaction that does not end. */
async function holdLock(): Promise<() => Promise<void>> {
  if (testContext.database.family === "sqlite") {
    const process = new libsql(join(testContext.environment.DATA_DIR, "partnergraph.sqlite"));
    process.exec("BEGIN IMMEDIATE");
    return () => Promise.resolve(void process.close());
  }
  const outside = await connectOutside();
  await outside.query("START TRANSACTION");
  await outside.query("SELECT 1 FROM organization_head WHERE organizationId = ? FOR UPDATE", [
    locked.partner.id,
  ]);
  return () => outside.end();
}

let made = 0;
const write = ({ actor }: PartnerWithUser) =>
  inviteCustomer(testContext.as(actor), { recipientEmail: `waits-${made++}@somewhere.example` });
const read = ({ actor }: PartnerWithUser) =>
  listCustomers(testContext.as(actor), { first: 1, direction: "ASC" });

/** How many transactions wait for a lock in this database, now and then until a promise is settled. */
async function lockWaitsDuring(work: Promise<unknown>): Promise<number[]> {
  if (testContext.database.family === "sqlite") return [];
  const outside = await connectOutside();
  const counts: number[] = [];
  let isOver = false;
  const over = () => void (isOver = true);
  work.then(over, over);
  while (!isOver) {
    const [[row]] = await outside.query<({ n: number } & RowDataPacket)[]>(
      `SELECT COUNT(*) AS n FROM information_schema.innodb_trx trx
         JOIN information_schema.processlist process ON process.id = trx.trx_mysql_thread_id
       WHERE trx.trx_state = 'LOCK WAIT' AND process.db = DATABASE()`,
    );
    counts.push(Number(row?.n));
    // The server looks anew only where nobody has looked for 100 ms.
    await pause(150);
  }
  return counts;
}

/** Has each accepted by an organization of its own: writes to the locked organization by others. */
function accept(tokens: string[]) {
  return tokens.map((token, n) => {
    const company = { companyName: `Company ${n}`, domain: `waits-${n}.example`, country: "US" };
    return acceptInvitation(testContext.as(aProspect()), { token, ...company });
  });
}

describe("many writes to an organization that is locked", () => {
  it("are all refused in time with how long they waited, and do not keep others from reading or writing", async () => {
    const invitations = await Promise.all(Array.from({ length: 8 }, () => anInvitation(testContext, locked)));
    const tokens = invitations.map(({ token }) => token);
    const release = await holdLock();
    const startedAt = performance.now();
    const works = [...Array.from({ length: 30 }, () => write(locked)), ...accept(tokens)];
    const refusals = Promise.all(works.map((work: Promise<unknown>) => refusalsOf(work)));
    const lockWaits = lockWaitsDuring(refusals);
    await pause(200);
    for (let n = 0; n < 5; n++) {
      await read(other);
      if (testContext.database.family === "mysql") await write(other);
    }
    const all = await refusals;
    const waitedMs = performance.now() - startedAt;
    const waits = (await lockWaits).sort((a, b) => a - b);
    await release();

    if (testContext.database.family === "mysql") {
      expect(waits.at(-1)).toBeGreaterThan(0);
      // For a moment there are more: the server goes on waiting for one whose request was answered at its deadline.
      expect(waits[Math.floor(waits.length / 2)]).toBeLessThanOrEqual(MAX_WAITING);
    }
    expect(waitedMs).toBeLessThan(within(WAITS.requestMs));
    for (const [refusal] of all)
      expect(refusal).toMatchObject({
        code: "SERVICE_BUSY",
        message: expect.stringMatching(
          /The request waited \d+\.\d s, and nothing was done; try again\.$/,
        ) as string,
      });
    await Promise.all([write(locked), ...accept(tokens)]);
  });
});

if (testDatabase === "mariadb") {
  describe("a table that is locked", () => {
    it("refuses reads and writes in time instead of waiting for ever", async () => {
      const outside = await connectOutside();
      await outside.query("LOCK TABLES reseller_relationship WRITE, invitation WRITE");
      const startedAt = performance.now();
      const reading = read(other).catch((error: unknown) => error);
      const [refusal] = await refusalsOf(write(other));
      expect(refusal).toMatchObject({ code: "SERVICE_BUSY" });
      expect(await reading).toMatchObject({ errno: 1205 });
      expect(performance.now() - startedAt).toBeLessThan(within(WAITS.requestMs));
      await outside.end();
      await write(other);
    });
  });

  describe("a commit that is held up", () => {
    it("by a backup that locks all tables was not done, and is refused in time", async () => {
      const outside = await connectOutside(process.env.PARTNERGRAPH_TEST_MARIADB_URL);
      const before = await testContext.count("invitation");
      await outside.query("BACKUP STAGE START");
      await outside.query("BACKUP STAGE BLOCK_COMMIT");
      const startedAt = performance.now();
      const [refusal] = await refusalsOf(write(other));
      expect(performance.now() - startedAt).toBeLessThan(within(WAITS.requestMs));
      await outside.query("BACKUP STAGE END");
      await outside.end();
      expect(refusal).toMatchObject({
        code: expect.stringMatching(/SERVICE_BUSY|OUTCOME_UNKNOWN/) as string,
      });
      if (refusal?.code === "SERVICE_BUSY") expect(await testContext.count("invitation")).toBe(before);
    });
  });
}
