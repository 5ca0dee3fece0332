import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { type Connection, createConnection } from "mysql2/promise";
import { inviteCustomer } from "../../src/invitations";
import { openWebhooks } from "../../src/webhooks";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { everyMutation, type PreparedCall } from "./every-mutation";
import { type HeldCall, holdCall } from "./held-call";
import { LockWatch } from "./lock-watch";

/*
 * Organizations that have nothing to do with each other must not wait for each other's locks. Those that do wait by intention: a change
 * writes the stream of each organization that hears of it, so that an acceptance waits for the inviting partner's, and a
 * purchase for the customer's. The tables are nearly empty here, so that gaps between rows are wide, and MariaDB would rather scan.
 */

/**
 * Mutations that may lock a gap between rows, and why. The index of pending addresses keeps the entry of an ended invitation until
 * no open snapshot can see it. Who invites that address again then locks the gap behind it for the rest of the transaction, in which
 * the addresses of another partner may lie: that one waits for some milliseconds, and only while a backup or a check is running.
 */
const MAY_LOCK_GAPS = ["inviteCustomer again"];

let testContext: TestContext;
let watch: LockWatch;
/** Sees everything that has been deleted, as a backup does: InnoDB keeps it in the indexes meanwhile. */
let snapshot: Connection;
beforeAll(async () => {
  // A mutation that waits for a lock is seen to wait, and is refused after some tries of a second.
  testContext = await openTestContext({
    poolSize: 80,
    waits: { lockSeconds: 1, requestMs: 20_000, maxMs: 30_000 },
  });
  const settings = { production: false, dataDir: "", secretsKey: randomBytes(32) };
  testContext.services.webhooks = {
    ...openWebhooks({ ...settings, allowInsecure: true, deliveriesAtOnce: 1 }).means,
    checkUrl: (url: string) => Promise.resolve({ url }),
  };
  watch = await LockWatch.open(testContext);
  snapshot = await createConnection(testContext.environment.DATABASE_URL);
  await snapshot.query("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  await snapshot.query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
});
afterAll(async () => {
  await snapshot.end();
  await watch.close();
  await testContext.close();
});

async function prepareAll(): Promise<[name: string, call: PreparedCall][]> {
  const prepared: [string, PreparedCall][] = [];
  for (const [name, prepare] of Object.entries(everyMutation))
    prepared.push([name, await prepare(testContext)]);
  return prepared;
}

it("no mutation of one organization waits for another's uncommitted one", async () => {
  const [theirs, own] = [await prepareAll(), await prepareAll()];
  const held: [string, HeldCall][] = [];
  const gaps: string[] = [];
  for (const [name, call] of theirs) {
    const one = holdCall(testContext, call);
    await one.isHeld;
    held.push([name, one]);
    if ((await watch.gapLocks(one.connectionId)).length > 0) gaps.push(name);
  }
  const nameOf = (id: number) => held.find(([, { connectionId }]) => connectionId === id)?.[0] ?? "another";
  const waits: string[] = [];
  for (const [name, { actor, call }] of own)
    for (const wait of await watch.waitsDuring(() => call(testContext.as(actor)), nameOf))
      waits.push(`${name}: ${wait}`);
  for (const [, one] of held) await one.commit();
  expect(waits).toEqual([]);
  expect(gaps).toEqual(MAY_LOCK_GAPS);
}, 120_000);

it("a repeat that waited for a call that was rolled back locks no gap, in which others would wait", async () => {
  const { actor } = await aPartner(testContext);
  const input = { recipientEmail: "someone@shop.example", idempotencyKey: "the same" };
  const first = holdCall(testContext, { actor, call: (ctx) => inviteCustomer(ctx, input) });
  await first.isHeld;
  const repeat = holdCall(testContext, { actor, call: (ctx) => inviteCustomer(ctx, input) });
  await watch.someoneWaits();
  await first.rollBack();
  await repeat.isHeld;
  const gaps = await watch.gapLocks(repeat.connectionId);
  await repeat.commit();
  expect(gaps).toEqual([]);
}, 120_000);

it("every mutation of the API is among those that are tried", () => {
  const schema = buildSchema(readFileSync("schema/schema.graphql", "utf8"), { assumeValidSDL: true });
  const names = Object.keys(schema.getMutationType()?.getFields() ?? {});
  const tried = Object.keys(everyMutation).map((name) => name.split(" ")[0]);
  expect([...new Set(tried)].sort()).toEqual(names.sort());
});
