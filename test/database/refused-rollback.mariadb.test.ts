import { contributions } from "../../src/areas";
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import type { Database } from "../../src/database/database";
import { openDatabase } from "../../src/database/open-database";
import { sql } from "../../src/database/sql";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { runUnitOfWork } from "../../src/unit-of-work/unit-of-work";
import { acceptInvitation } from "../../src/invitations";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { codeOf, formatError } from "../../src/transport/graphql/error-format";
import { findingsIn } from "../consistency/scenario";
import { anInvitation, aPartner, aProspect } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { type Command, NOT_READY, type RefusingProxy, startRefusingProxy } from "./refusing-proxy";
import { insertPartner, partnersNamed } from "./rows";

let testContext: TestContext;
let proxy: RefusingProxy;
let single: Database;
let several: Database;
const CLIENTS = 8;
beforeAll(async () => {
  testContext = await openTestContext();
  proxy = await startRefusingProxy(testContext.environment.DATABASE_URL);
  const open = (poolSize: number) =>
    openDatabase({ family: "mysql", url: proxy.url, poolSize }, { onProgress: () => undefined });
  [single, several] = [await open(1), await open(CLIENTS)];
});
afterEach(() => void (proxy.refuse = () => undefined));
afterAll(async () => {
  await single.close();
  await several.close();
  await proxy.close();
  await testContext.close();
});

const READY = "2026-03-01T12:00:00.000Z";
const caller = { actor: { kind: "SYSTEM" as const }, requestId: "test", now: () => READY, contributions };

/** Makes a partner on the only connection, and ends as it is told to. */
function make(name: string, ending: (tx: Transaction) => Promise<unknown> = () => Promise.resolve()) {
  const work = async (tx: Transaction) => {
    await insertPartner(tx, { name });
    await ending(tx);
  };
  return runUnitOfWork(single, () => undefined, caller, work);
}

const connectionId = () =>
  single.read(async (reads) => (await reads.rows<{ id: number }>("SELECT CONNECTION_ID() AS id"))[0]?.id);

/** ER_OPTION_PREVENTS_STATEMENT, as `read_only` has it. */
const READ_ONLY = 1290;

/** Codes of answers after which a call is repeated: who accepted an invitation is answered the same again. */
const TRY_AGAIN = ["SERVICE_UNAVAILABLE", "SERVICE_BUSY", "OUTCOME_UNKNOWN"];

/** Refuses each of these texts, with an error of a number. */
const refuse =
  (errno: number, ...texts: string[]) =>
  ({ text }: Command) =>
    texts.some((one) => text.startsWith(one)) ? errno : undefined;

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a connection whose rollback is refused", () => {
  it("is not lent again: what was half done is not committed with the next transaction", async () => {
    const before = await connectionId();
    proxy.refuse = refuse(NOT_READY, "ROLLBACK");
    const refusal = new Error("the policy says no");
    expect(await errorOf(make("Half done", () => Promise.reject(refusal)))).toBe(refusal);
    proxy.refuse = () => undefined;
    await make("Whole");

    expect(await partnersNamed(testContext, "Whole")).toBe(1);
    expect(await partnersNamed(testContext, "Half done")).toBe(0);
    expect(await connectionId()).not.toBe(before);
  });

  it("after a commit that a server refused because it only reads means that nothing was done, which is SERVICE_UNAVAILABLE", async () => {
    proxy.refuse = refuse(READ_ONLY, "COMMIT", "ROLLBACK");
    const error = await errorOf(make("Refused commit"));
    proxy.refuse = () => undefined;
    await make("Whole again");

    expect(codeOf(error)).toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    const answered = formatError(error, "test-request", pino({ level: "silent" }));
    expect(answered.extensions).toMatchObject({ code: "SERVICE_UNAVAILABLE", kind: "UNAVAILABLE" });
    expect(await partnersNamed(testContext, "Refused commit")).toBe(0);
    expect(await partnersNamed(testContext, "Whole again")).toBe(1);
  });
});

describe("a commit that the server says failed in the middle, or that a node without quorum refuses", () => {
  it.each([1180, NOT_READY])(
    "has an unknown outcome, and its connection is not lent again (%i)",
    async (number) => {
      const before = await connectionId();
      proxy.refuse = refuse(number, "COMMIT");
      expect(codeOf(await errorOf(make("In the middle")))).toMatchObject({ code: "OUTCOME_UNKNOWN" });
      expect(await connectionId()).not.toBe(before);
    },
  );
});

describe("a new connection", () => {
  it("whose settings are refused is not lent", async () => {
    proxy.refuse = refuse(NOT_READY, "ROLLBACK");
    await errorOf(make("Ends the connection", () => Promise.reject(new Error("no"))));
    proxy.refuse = refuse(NOT_READY, "SET SESSION innodb_lock_wait_timeout");
    expect(codeOf(await errorOf(connectionId()))).toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    proxy.refuse = () => undefined;

    const [row] = await single.read((reads) =>
      reads.rows("SELECT @@tx_isolation AS isolation, @@innodb_lock_wait_timeout AS wait"),
    );
    expect(row).toEqual({ isolation: "READ-COMMITTED", wait: "1" });
  });
});

describe("an error of a statement", () => {
  it.each([
    { errno: 1062, what: "a duplicate", kept: true },
    { errno: 1213, what: "a deadlock", kept: true },
    { errno: 1290, what: "a server that only reads", kept: false },
    { errno: NOT_READY, what: "a server that is not ready", kept: false },
    { errno: 1243, what: "a prepared statement that the server does not know", kept: false },
  ])("that says $what keeps the connection: $kept", async ({ errno, kept }) => {
    const before = await connectionId();
    let refusals = 0;
    proxy.refuse = ({ kind }) => (kind === "execute" && refusals++ === 0 ? errno : undefined);
    await errorOf(single.transact((connection) => connection.rows(`SELECT ${errno}`, [])));
    expect(refusals).toBeGreaterThan(0);
    expect((await connectionId()) === before).toBe(kept);
  });

  it("fails the transaction, also where the work caught it, and no further statement is sent", async () => {
    const catching = single.transact(async (connection) => {
      await connection.change(
        "INSERT INTO organization_head (organizationId, forgottenPosition, lastPosition, lastSequence, lastHash, rowCounts) VALUES ('part_caught', 0, 0, 0, '', '{}')",
        [],
      );
      proxy.refuse = refuse(1366, "SELECT 'caught'");
      await errorOf(connection.rows("SELECT 'caught'", []));
      expect(await errorOf(connection.rows("SELECT 1", []))).toMatchObject({ errno: 1366 });
    });
    expect(await errorOf(catching)).toMatchObject({ errno: 1366 });
    expect(await testContext.count("organization_head", "organizationId = 'part_caught'")).toBe(0);
  });

  it("finds nobody's transaction when it comes after the end of its own", async () => {
    let late: Transaction | undefined;
    await make("Over", (tx) => Promise.resolve((late = tx)));
    expect(await errorOf(late?.rows("SELECT 1") ?? Promise.resolve())).toMatchObject({
      message: expect.stringMatching(/after the end of the work/) as string,
    });
  });
});

describe("eight clients that accept invitations while the server refuses everything now and then", () => {
  it("lose nothing that they were told was done, and leave nothing half done", async () => {
    const inviters = [await aPartner(testContext), await aPartner(testContext), await aPartner(testContext)];
    const invite = (at: number) => anInvitation(testContext, inviters[at % inviters.length] ?? inviters[0]);
    const invitations = await Promise.all(Array.from({ length: 64 }, (_, at) => invite(at)));
    const accepted = new Map<string, string>();
    refuseNowAndThen();
    const left = [...invitations];
    const client = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const { id, token } = next;
        accepted.set(id, await untilAccepted(token));
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    proxy.refuse = () => undefined;

    expect(proxy.refused).toBeGreaterThan(50);
    const rows = await testContext.database.read((reads) =>
      reads.rows<{ id: string; customerId: string }>(
        sql`SELECT id AS id, customerId AS customerId FROM invitation WHERE status = 'ACCEPTED' AND id IN ${[...accepted.keys()]}`,
      ),
    );
    expect(new Map(rows.map(({ id, customerId }) => [id, customerId]))).toEqual(accepted);
    expect(await testContext.count("reseller_relationship", "status = 'ACTIVE'")).toBe(invitations.length);
    expect(await testContext.database.snapshot((reads) => findingsIn(reads))).toEqual([]);
  });
});

/** After each 400 commands the next 24 are refused, whatever they are. */
function refuseNowAndThen(): void {
  let commands = 0;
  proxy.refuse = () => (commands++ % 424 >= 400 ? NOT_READY : undefined);
}

/** Accepts as a client does that tries again until it is told that it is done; gives the customer's id. */
async function untilAccepted(token: string): Promise<string> {
  const tag = createHash("sha256").update(token).digest("hex").slice(0, 20);
  const input = { token, companyName: `Company ${tag}`, domain: `${tag}.example`, country: "US" };
  const context = makeUseCaseContext(
    { ...testContext.services, database: several },
    aProspect(),
    "test-request",
  );
  for (let tries = 0; tries < 200; tries++) {
    try {
      const { relationships } = await acceptInvitation(context, input);
      return relationships[0]?.customerId ?? "";
    } catch (error) {
      if (!TRY_AGAIN.includes(codeOf(error).code)) throw error;
      await pause(2);
    }
  }
  throw new Error("an invitation could not be accepted in 200 tries");
}
