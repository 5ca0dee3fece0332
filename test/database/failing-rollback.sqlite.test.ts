import { acceptInvitation } from "../../src/invitations";
import { codeOf } from "../../src/transport/graphql/error-format";
import { findingsIn } from "../consistency/scenario";
import { anInvitation, aPartner, aProspect } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";
import { type FailingControls, failingControls } from "./failing-controls";
import { insertPartner, partnersNamed } from "./rows";

let testContext: TestContext;
let controls: FailingControls;
beforeAll(async () => {
  // Before the database is opened, which prepares some of them.
  controls = failingControls();
  testContext = await openTestContext();
});
beforeEach(() => void (controls.failed = []));
afterEach(() => void (controls.fails = () => false));
afterAll(async () => {
  await testContext.close();
  controls.end();
});

const make = (name: string, ending: () => Promise<unknown> = () => Promise.resolve()) =>
  testContext.system.transaction(async (tx) => {
    await insertPartner(tx, { name });
    await ending();
    return name;
  });

const refuse = () => Promise.reject(new Error("the policy says no"));

/** Lets each of these statements fail a number of times. */
const failing = (texts: Record<string, number>) => {
  const left = { ...texts };
  controls.fails = (text) => (left[text] ?? 0) > 0 && left[text]-- > 0;
};

/** How transactions of one group ended: by name, or by the message of their error. */
async function outcomesOf(works: Promise<string>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(works);
  return outcomes.map((one) => (one.status === "fulfilled" ? one.value : (one.reason as Error).message));
}

const namesIn = async (...names: string[]) => {
  const there = await Promise.all(names.map((name) => partnersNamed(testContext, name)));
  return names.filter((_name, at) => there[at] === 1);
};

describe("a rollback that fails on embedded SQLite", () => {
  it("is made up for before the next transaction, which then works", async () => {
    failing({ ROLLBACK: 1 });
    expect(await outcomesOf([make("a1", refuse)])).toEqual(["the policy says no"]);
    expect(await make("a2")).toBe("a2");

    expect(controls.failed).toEqual(["ROLLBACK"]);
    expect(await namesIn("a1", "a2")).toEqual(["a2"]);
  });

  it("as long as it fails keeps every transaction from beginning, with SERVICE_UNAVAILABLE", async () => {
    failing({ ROLLBACK: 3 });
    await outcomesOf([make("b1", refuse)]);
    expect(await refusalOf(make("b2"))).toBe("SERVICE_UNAVAILABLE");
    expect(await refusalOf(make("b3"))).toBe("SERVICE_UNAVAILABLE");
    expect(await make("b4")).toBe("b4");

    expect(await namesIn("b1", "b2", "b3", "b4")).toEqual(["b4"]);
  });

  it("to a savepoint refuses the whole group, also when the rest fails too", async () => {
    failing({ "ROLLBACK TO member": 1, ROLLBACK: 1 });
    const group = [make("c1"), make("c2", refuse), make("c3")];
    expect(await outcomesOf(group)).toEqual(["the policy says no", "the policy says no", "c3"]);

    expect(controls.failed).toEqual(["ROLLBACK TO member", "ROLLBACK"]);
    expect(await namesIn("c1", "c2", "c3")).toEqual(["c3"]);
  });
});

describe("a savepoint that cannot be released", () => {
  it("fails its own transaction, and no other one", async () => {
    failing({ "RELEASE member": 1 });
    expect(await outcomesOf([make("d1"), make("d2"), make("d3")])).toEqual(["d1", "disk I/O error", "d3"]);

    expect(await namesIn("d1", "d2", "d3")).toEqual(["d1", "d3"]);
  });
});

describe("a commit that fails", () => {
  it("refuses the whole group, and nothing of it is committed later, when its rollback fails too", async () => {
    failing({ COMMIT: 1, ROLLBACK: 1 });
    // What reached the disk before the failure may be found there after a crash.
    const unknown = expect.stringMatching(/^The database failed while it was committing\./) as string;
    expect(await outcomesOf([make("e1"), make("e2")])).toEqual([unknown, unknown]);
    expect(await make("e3")).toBe("e3");

    expect(await namesIn("e1", "e2", "e3")).toEqual(["e3"]);
  });
});

describe("a database that was closed", () => {
  it("refuses transactions; libsql would end the process when asked about its state", async () => {
    const closed = await openTestContext();
    await closed.database.close();
    await expect(closed.database.transact(() => Promise.resolve())).rejects.toThrow(/not open/);
    await closed.close().catch(() => undefined);
  });
});

describe("a statement that fails", () => {
  it("fails its transaction, also where the work caught it", async () => {
    const caught = testContext.database.transact(async (connection) => {
      await connection.change(
        "INSERT INTO organization_head (organizationId, forgottenPosition, lastPosition, lastSequence, lastHash, rowCounts) VALUES ('part_caught', 0, 0, 0, '', '{}')",
        [],
      );
      await connection.change("INSERT INTO nowhere VALUES (1)", []).catch(() => undefined);
    });
    await expect(caught).rejects.toThrow(/nowhere/);
    expect(await testContext.count("organization_head", "organizationId = 'part_caught'")).toBe(0);
  });
});

describe("eight clients that accept invitations while ends of transactions fail now and then", () => {
  it("lose nothing that they were told was done, and leave nothing half done", async () => {
    const inviter = await aPartner(testContext);
    const invitations = await Promise.all(
      Array.from({ length: 64 }, () => anInvitation(testContext, inviter)),
    );
    const accepted: string[] = [];
    let ends = 0;
    // Two in a row, so that what should make up for the first one fails too.
    controls.fails = () => ends++ % 23 >= 21;
    const left = [...invitations];
    const client = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        await untilAccepted(next);
        accepted.push(next.id);
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    controls.fails = () => false;

    expect(controls.failed.length).toBeGreaterThan(5);
    const ids = accepted.map((id) => `'${id}'`).join(", ");
    expect(await testContext.count("invitation", `status = 'ACCEPTED' AND id IN (${ids})`)).toBe(
      invitations.length,
    );
    expect(await testContext.count("reseller_relationship", "status = 'ACTIVE'")).toBe(invitations.length);
    expect(await testContext.database.snapshot((reads) => findingsIn(reads))).toEqual([]);
  });
});

async function untilAccepted({ id, token }: { id: string; token: string }): Promise<void> {
  const ctx = testContext.as(aProspect());
  const company = { companyName: `Company ${id}`, domain: `${id.slice(4)}.example`, country: "US" };
  for (let tries = 0; tries < 100; tries++) {
    try {
      await acceptInvitation(ctx, { token, ...company });
      return;
    } catch (error) {
      const isOurs =
        (error as Error).message === "disk I/O error" ||
        ["SERVICE_UNAVAILABLE", "OUTCOME_UNKNOWN"].includes(codeOf(error).code);
      if (!isOurs) throw error;
    }
  }
  throw new Error("an invitation could not be accepted in 100 tries");
}
