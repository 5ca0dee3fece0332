import { AdminRole, AgentRole } from "../../entities/identity/user";
import { createHash } from "node:crypto";
import { aPartner, type PartnerWithUser } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
afterAll(() => server.stop());

/** Fills a partner's log with refused attempts. */
async function many({ actor }: PartnerWithUser, count: number): Promise<void> {
  const attempt = { errorCode: "X", resourceType: null, resourceId: null, customerId: null };
  for (let left = count; left > 0; left -= 500)
    await testContext.as(actor).transaction(
      async (tx) => {
        for (let at = 0; at < Math.min(left, 500); at++) tx.recordRefusedAttempt(attempt);
        return Promise.resolve();
      },
      { operation: "many" },
    );
}

describe("the query activityLog", () => {
  it("gives the same to the same caller, and enough to recompute every hash", async () => {
    // A Global admin reads every value; what is masked for others cannot be recomputed.
    const roles = { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] };
    const seller = await aPartner(testContext, {}, roles);
    await many(seller, 2);
    const caller = await callerFor(server, seller.actor);
    const { data, errors } = await caller.ask(`{ activityLog { totalCount nodes {
      id organizationId sequence occurredAt actorId actorName operation outcome errorCode resourceType resourceId
      customerId customerName oldValues newValues requestId previousHash hash customer { id } } } }`);
    expect(errors).toBeUndefined();
    expect(data.activityLog.totalCount).toBe(4);
    let previous = "";
    for (const record of [...data.activityLog.nodes].sort((a, b) => a.sequence - b.sequence)) {
      const { previousHash, hash, customer, oldValues, newValues, ...columns } = record;
      expect(customer).toBeNull();
      // By hand, as an outsider would: names sorted, the two values put in as they are.
      const parts = Object.entries<unknown>({ ...columns, oldValues, newValues })
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => {
          const isValues = name === "oldValues" || name === "newValues";
          return `"${name}":${isValues ? String(value) : JSON.stringify(value)}`;
        });
      const text = `${previousHash}\n{${parts.join(",")}}`;
      expect(createHash("sha256").update(text).digest("hex")).toBe(hash);
      expect(previousHash).toBe(previous);
      previous = hash;
    }
  });
});
