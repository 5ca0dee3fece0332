import { join } from "node:path";
import libsql from "libsql";
import { Deadline } from "../../src/context/deadline";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { type TestContext, openTestContext } from "../support/test-context";
import { insertPartner, partnersNamed } from "./rows";
import { refusalsOf } from "../support/refusals";
import { until } from "../webhooks/webhook-test-context";
import { AT_ONCE_MS, within } from "../support/patience";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());
beforeEach(() => void (testContext.statements.length = 0));

const make = (name: string, ending: (tx: Transaction) => Promise<unknown> = () => Promise.resolve()) =>
  testContext.system.transaction(async (tx) => {
    await insertPartner(tx, { name });
    await ending(tx);
    return name;
  });

const fail = (reason: string) => () => Promise.reject(new Error(reason));

const controls = () =>
  testContext.statements.filter((text) => /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT)/.test(text));

/** A violation that SQLite tells at the commit. */
const spoilTheCommit = async (tx: Transaction) => {
  await tx.execute("PRAGMA defer_foreign_keys = ON");
  await tx.execute(`INSERT INTO partnership (id, createdAt, updatedAt, version, providerId, resellerId, status)
    VALUES ('none', '', '', 1, 'nobody', 'nobody', 'ACTIVE')`);
};

describe("transactions of one turn of the event loop", () => {
  it("are committed together, and one alone as ever", async () => {
    expect(await Promise.all(["a1", "a2", "a3"].map((name) => make(name)))).toEqual(["a1", "a2", "a3"]);
    expect(controls()).toEqual(["BEGIN IMMEDIATE", "SAVEPOINT member", "SAVEPOINT member", "COMMIT"]);

    testContext.statements.length = 0;
    await make("a4");
    expect(controls()).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
    for (const name of ["a1", "a2", "a3", "a4"]) expect(await partnersNamed(testContext, name)).toBe(1);
  });

  it("do not return, and do not throw either, before the commit", async () => {
    const told: string[] = [];
    const tell = () => void told.push(testContext.statements.includes("COMMIT") ? "after" : "before");
    const works = [make("b1"), make("b2", fail("no")), make("b3")];
    await Promise.all(works.map((work) => work.then(tell, tell)));

    expect(told).toEqual(["after", "after", "after"]);
  });

  it.each([0, 1, 2])("lose nothing when the one at place %i throws", async (place) => {
    const names = [0, 1, 2].map((at) => `c${place}${at}`);
    const works = names.map((name, at) => make(name, at === place ? fail("the policy says no") : undefined));
    const outcomes = await Promise.allSettled(works);

    for (const [at, name] of names.entries()) {
      expect(outcomes[at]?.status).toBe(at === place ? "rejected" : "fulfilled");
      expect(await partnersNamed(testContext, name)).toBe(at === place ? 0 : 1);
    }
  });
});

describe("a group that cannot be committed", () => {
  it("is refused whole, and nothing of it is left", async () => {
    const outcomes = await Promise.allSettled([make("d1"), make("d2", spoilTheCommit), make("d3")]);

    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    for (const outcome of outcomes)
      expect((outcome as PromiseRejectedResult).reason).toMatchObject({
        message: expect.stringMatching(/FOREIGN KEY/) as string,
      });
    for (const name of ["d1", "d2", "d3"]) expect(await partnersNamed(testContext, name)).toBe(0);
    expect(await make("d4")).toBe("d4");
    expect(await partnersNamed(testContext, "d4")).toBe(1);
  });

  it("is refused whole where the database undid all of it under one of them", async () => {
    const undo = async (tx: Transaction) => {
      await tx.execute("ROLLBACK");
      throw new Error("the disk is full");
    };
    const outcomes = await Promise.allSettled([make("e1"), make("e2", undo), make("e3")]);

    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
    expect(outcomes[0]).toMatchObject({ reason: { message: "the disk is full" } });
    expect(await partnersNamed(testContext, "e1")).toBe(0);
    expect(await partnersNamed(testContext, "e2")).toBe(0);
    expect(await partnersNamed(testContext, "e3")).toBe(1);
  });
});

describe("a transaction that waits for something else", () => {
  it("holds up those before it only until it is done, and nobody joins after that turn", async () => {
    let goOn: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (goOn = resolve));
    const quick = make("f1");
    const slow = make("f2", () => waiting);
    // Their turn has begun, and is over.
    await until(() => controls().length === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const late = make("f3");
    expect(await partnersNamed(testContext, "f1")).toBe(0);
    goOn();
    await Promise.all([quick, slow, late]);

    const [begin, commit] = ["BEGIN IMMEDIATE", "COMMIT"];
    expect(controls()).toEqual([begin, "SAVEPOINT member", commit, begin, commit]);
  });
});

describe("a transaction, while another process writes", () => {
  const holdWriteLock = () => {
    const other = new libsql(join(testContext.environment.DATA_DIR, "partnergraph.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    return {
      release: () => {
        other.exec("ROLLBACK");
        other.close();
      },
    };
  };

  it("waits for it, and does not keep others waiting who read", async () => {
    const lock = holdWriteLock();
    let isMade = false;
    const work = make("d1").then(() => (isMade = true));
    for (let reads = 0; reads < 20; reads++) {
      const startedAt = performance.now();
      expect(await partnersNamed(testContext, "d1")).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    }
    expect(isMade).toBe(false);
    lock.release();
    await work;

    expect(await partnersNamed(testContext, "d1")).toBe(1);
  });

  const WAIT_MS = 1_100;

  it("is refused at its deadline, with the reason and how long that was, and so is one that waits behind it", async () => {
    const lock = holdWriteLock();
    const attempt = () =>
      testContext.database.transact(() => Promise.resolve(), { deadline: new Deadline(WAIT_MS) });
    const startedAt = performance.now();
    const refusedAt: number[] = [];
    const refused = await Promise.all(
      [attempt(), attempt(), attempt()].map((work) =>
        refusalsOf(work).finally(() => refusedAt.push(performance.now() - startedAt)),
      ),
    );
    lock.release();

    const said =
      /^Another process is writing to the database file\. The request waited (\d+\.\d) s, and nothing was done; try again\.$/;
    for (const [refusal] of refused) {
      expect(refusal).toMatchObject({ code: "SERVICE_BUSY", details: { retryAfterSeconds: 1 } });
      expect(Number(said.exec(refusal?.message ?? "")?.[1])).toBeGreaterThanOrEqual(1.1);
    }
    const [first = 0, , last = 0] = refusedAt;
    expect(first).toBeLessThan(within(WAIT_MS));
    // All at the same deadline: one after the other they would come twice as far apart.
    expect(last - first).toBeLessThan(WAIT_MS);
    await make("d2");
    expect(await partnersNamed(testContext, "d2")).toBe(1);
  });
});
