import { contributions } from "../../src/areas";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import pino from "pino";
import { createConnection } from "mysql2/promise";
import type { PartnerKeyActor } from "../../src/access/actor";
import type { Database } from "../../src/database/database";
import { databaseRefusal } from "../../src/database/database-refusal";
import { openDatabase } from "../../src/database/open-database";
import { sql } from "../../src/database/sql";
import { Transaction } from "../../src/unit-of-work/transaction";
import { runUnitOfWork } from "../../src/unit-of-work/unit-of-work";
import { readEvents } from "../../src/events/event-log";
import { followEvents } from "../../src/events/follow-events";
import { makeGate } from "../database/gate";
import { insertPartner, noted } from "../database/rows";
import { removeRelationship } from "../../src/relationships";
import { createSubscription } from "../../src/subscriptions";
import { aCustomer, anOffer, aPartner, aRelationship } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { hurtGalera } from "./galera";
import { CHECK_NODE, startDatabaseProxy, writeCheckFile } from "./database-proxy";
import { type GaleraCluster, startGalera } from "./galera-cluster";
import type { GaleraNode } from "./galera-node";
import { contendOnGalera } from "./galera-contention";

const ROUNDS = 100;

it("a cluster whose nodes are killed, frozen, cut off and made to refuse queries loses nothing and does nothing twice or half", async () => {
  const report = await hurtGalera({
    ...{ times: 1, clients: 4, rest: 100, goOnWithin: 10_000, notReadyWithin: 15_000, longest: 180 },
  });
  process.stdout.write(`galera, short: ${JSON.stringify(report)}\n`);
  expect(report.requests.busy + report.requests.unanswered).toBeGreaterThan(0);
}, 200_000);

it("one organization that is written from three nodes at half of what one node does is hardly ever told that the service is busy", async () => {
  const report = await contendOnGalera({ clients: 8, seconds: 5, busyPerMille: 20, longest: 120 });
  process.stdout.write(`galera-contention, short: ${JSON.stringify(report)}\n`);
  expect(report.halfRate.codes.done).toBeGreaterThan(0);
}, 140_000);

describe("a program on each node", () => {
  let cluster: GaleraCluster;
  let databaseName: string;
  let testContexts: [TestContext, TestContext, TestContext];
  let databases: [Database, Database, Database];

  beforeAll(async () => {
    cluster = await startGalera();
    databaseName = `test_${randomBytes(8).toString("hex")}`;
    await cluster.nodes[0].run(`CREATE DATABASE ${databaseName}`);
    const open = (n: 0 | 1 | 2) => {
      const url = cluster.applicationUrl(cluster.nodes[n], databaseName);
      const address = { family: "mysql" as const, url, poolSize: 4 };
      const environment = { DATA_DIR: "", DATABASE_URL: url };
      return openTestContext({
        storage: { address, environment, folder: "", drop: () => Promise.resolve() },
      });
    };
    testContexts = await Promise.all([open(0), open(1), open(2)]);
    databases = [testContexts[0].database, testContexts[1].database, testContexts[2].database];
  }, 240_000);
  afterAll(async () => {
    await Promise.all((testContexts ?? []).map((testContext) => testContext.close()));
    await cluster?.stop();
  }, 30_000);

  const caller = {
    ...{
      actor: { kind: "SYSTEM" as const },
      requestId: "galera",
      now: () => "2026-03-01T12:00:00.000Z",
      contributions,
    },
  };
  const transact = <T>(database: Database, work: (tx: Transaction) => Promise<T>) =>
    runUnitOfWork(database, () => undefined, caller, work);
  const partnersNamed = (database: Database, name: string) =>
    database.read((reads) => reads.count(sql`FROM partner WHERE name = ${name}`));

  it("that loses a row to another node in the midst of a transaction does all of it again, and nothing twice", async () => {
    const [here, there] = databases;
    const { id } = await transact(here, (tx) => insertPartner(tx, { name: "Contended" }));
    const [wrote, mayGoOn] = [makeGate(), makeGate()];
    let calls = 0;
    const losing = transact(here, async (tx) => {
      calls++;
      await insertPartner(tx, { name: "Half" });
      await tx.execute(sql`UPDATE partner SET country = 'DE' WHERE id = ${id}`);
      noted(tx, [id], "from here");
      wrote.open();
      if (calls === 1) await mayGoOn.passed;
      await tx.execute(sql`UPDATE partner SET country = 'FR' WHERE id = ${id}`);
    });
    await wrote.passed;
    await transact(there, async (tx) => {
      await tx.execute(sql`UPDATE partner SET domain = 'there.example' WHERE id = ${id}`);
      noted(tx, [id], "from there");
    });
    mayGoOn.open();
    await losing;

    expect(calls).toBeGreaterThan(1);
    for (const database of databases) {
      expect(await partnersNamed(database, "Half")).toBe(1);
      const events = await database.read((reads) =>
        reads.rows(`SELECT position FROM event WHERE organizationId = ? ORDER BY position`, [id]),
      );
      expect(events).toMatchObject([{ position: "1" }, { position: "2" }]);
    }
  });

  it("removes no relationship while another node sells through it, though nodes share no locks", async () => {
    const [here, there, anywhere] = testContexts;
    const { id: offerId } = await anOffer(here);
    const seller = await aPartner(here);
    let done = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { customer } = await aCustomer(here);
      const { id: relationshipId } = await aRelationship(here, seller.partner, customer);
      const buy = () =>
        createSubscription(there.as(seller.actor), { customerId: customer.id, offerId, quantity: 1 });
      const remove = async () => {
        // Drawn from the time that a transaction takes, so that the two meet at every moment of each other.
        await pause(Math.random() * 12);
        return removeRelationship(here.as(seller.actor), { relationshipId });
      };
      const answers = await Promise.allSettled([buy(), remove()]);
      done += answers.filter(({ status }) => status === "fulfilled").length;
    }
    const contradictions = await anywhere.count(
      "reseller_relationship relationship",
      `status = 'REMOVED' AND EXISTS (SELECT 1 FROM subscription WHERE subscription.status = 'ACTIVE'
        AND subscription.customerId = relationship.customerId AND subscription.partnerId = relationship.partnerId)`,
    );
    expect({ contradictions, done }).toEqual({ contradictions: 0, done: ROUNDS });
  }, 60_000);

  it("whose node loses the quorum in the midst of a transaction, so that ROLLBACK is refused too, commits nothing of it later", async () => {
    const [other, , lonely] = databases;
    const node = cluster.nodes[2];
    const failing = lonely.transact(async (connection) => {
      const tx = new Transaction(connection, lonely.maps, caller.now(), contributions.auditedRows);
      await insertPartner(tx, { name: "Never" });
      await node.isolate(true);
      while ((await node.status()).clusterStatus === "Primary") await pause(50);
      await insertPartner(tx, { name: "Never" });
    });
    await expect(failing).rejects.toMatchObject({ errno: 1047 });
    const refused = transact(lonely, (tx) => insertPartner(tx, { name: "Refused" }));
    await expect(refused).rejects.toMatchObject({ errno: 1047 });

    await node.isolate(false);
    await node.waitUntilSynced();
    await transact(lonely, (tx) => insertPartner(tx, { name: "Whole" }));

    expect(await partnersNamed(other, "Whole")).toBe(1);
    expect(await partnersNamed(other, "Never")).toBe(0);
    expect(await partnersNamed(other, "Refused")).toBe(0);
  }, 60_000);

  it("is sent by the delivered proxy to one node, and to the next one when that is killed, within 10 s", async () => {
    const folder = mkdtempSync(join(tmpdir(), "partnergraph-proxy-"));
    const proxy = await startDatabaseProxy(cluster, folder);
    const address = new URL(cluster.applicationUrl(cluster.nodes[0], databaseName));
    address.port = String(proxy.port);
    const file = await writeCheckFile(cluster, folder);
    const passesCheck = (node: GaleraNode) =>
      promisify(execFile)(CHECK_NODE, ["127.0.0.1", "0", "127.0.0.1", String(node.place.sqlPort)], {
        env: { ...process.env, GALERA_CHECK_FILE: file },
      }).then(
        () => true,
        () => false,
      );
    expect(await Promise.all(cluster.nodes.map(passesCheck))).toEqual([true, true, true]);
    await cluster.nodes[1].refuseQueries(true);
    expect(await passesCheck(cluster.nodes[1])).toBe(false);
    await cluster.nodes[1].refuseQueries(false);

    const database = await inTheEnd(() =>
      openDatabase(
        { family: "mysql", url: address.href, poolSize: 2 },
        { onProgress: () => undefined, mustExist: true },
      ),
    );
    const nodeName = () =>
      database.read(
        async (reads) => (await reads.rows<{ name: string }>("SELECT @@wsrep_node_name AS name"))[0]?.name,
      );
    expect(await nodeName()).toBe("node-1");
    await cluster.nodes[0].kill();
    const began = performance.now();
    await inTheEnd(() => transact(database, (tx) => insertPartner(tx, { name: "Through the proxy" })));
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await nodeName()).not.toBe("node-1");
    expect(await partnersNamed(databases[2], "Through the proxy")).toBe(1);

    await database.close();
    await proxy.close();
    rmSync(folder, { recursive: true });
    await cluster.nodes[0].start();
  }, 120_000);

  it.each([
    { heldMs: 800, outcome: "waits until it has come so far" },
    { heldMs: 3_500, outcome: "says that it cannot answer now" },
  ])(
    "never refuses a good cursor while its node is behind: it $outcome",
    async ({ heldMs }) => {
      const [ahead, , behind] = databases;
      const { id } = await transact(ahead, (tx) => insertPartner(tx, { name: `Followed for ${heldMs}` }));
      const actor = { kind: "PARTNER_KEY", partnerId: id } as PartnerKeyActor;
      const { released } = await holdBack(cluster.nodes[2].url, heldMs);
      await transact(ahead, (tx) => Promise.resolve(noted(tx, [id])));
      const [event] = await ahead.read((reads) => readEvents(reads, id, 0, 1));

      const following = followEvents(
        {
          actor,
          read: (work) => behind.read(work),
          transaction: (work) => transact(behind, work),
          log: pino({ enabled: false }),
        },
        { after: event?.cursor ?? "" },
      );
      // A node that is not up to date within two seconds (repl.causal_read_timeout) says so.
      if (heldMs < 2_000) expect(await following).toMatchObject({ organizationId: id, after: 1 });
      else expect(databaseRefusal(await following.catch((error: unknown) => error))).toBeDefined();
      await released;
      expect(await behind.read((reads) => readEvents(reads, id, 0, 1))).toEqual([event]);
    },
    30_000,
  );
});

/** Does something again until it succeeds, for 20 s. */
async function inTheEnd<T>(work: () => Promise<T>): Promise<T> {
  for (const until = performance.now() + 20_000; ; await pause(100)) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}

/** Keeps a node from applying what the others commit, for a time, without slowing the others down. */
async function holdBack(url: string, forMs: number): Promise<{ released: Promise<void> }> {
  const connection = await createConnection(url);
  await connection.query("SET GLOBAL wsrep_desync = ON");
  await connection.query("FLUSH TABLES WITH READ LOCK");
  const release = async () => {
    await pause(forMs);
    await connection.query("UNLOCK TABLES");
    await connection.query("SET GLOBAL wsrep_desync = OFF");
    await connection.end();
  };
  return { released: release() };
}
