import { Customer } from "../../entities/customers/customer";
import { hashOf } from "../../src/activity/activity-chain";
import { listActivity } from "../../src/activity/list-activity";
import { newId } from "../../src/values/ids";
import { updateCustomer } from "../../src/customers";
import { removeRelationship } from "../../src/relationships";
import { aCustomer, aPartner, aPartnerUser, aRelationship, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";
import { logOf } from "./activity";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const NOW = "2026-05-15T12:00:00.000Z";

/** A partner with two customers, of which one was renamed on each of several days, and the other removed. */
async function aBusyPartner() {
  const seller = await aPartner(testContext);
  const [evora, quiet] = [
    await aCustomer(testContext, { companyName: "Évora Ceramics 100%" }),
    await aCustomer(testContext, { companyName: "Quiet Harbor" }),
  ];
  await aRelationship(testContext, seller.partner, evora.customer);
  const { id: relationshipId } = await aRelationship(testContext, seller.partner, quiet.customer);
  for (const day of ["01", "10", "20"]) {
    testContext.clock.now = `2026-04-${day}T08:00:00.000Z`;
    await updateCustomer(testContext.as(seller.actor), {
      customerId: evora.customer.id,
      contactLastName: `L${day}`,
    });
  }
  testContext.clock.now = "2026-05-01T08:00:00.000Z";
  const colleague = await aPartnerUser(testContext, seller.partner, { agent: seller.actor.agentRoles });
  await removeRelationship(testContext.as(colleague), { relationshipId });
  await testContext.as(colleague).transaction(
    async (tx) =>
      tx.recordRefusedAttempt({
        errorCode: "FORBIDDEN",
        resourceType: null,
        resourceId: null,
        customerId: evora.customer.id,
      }),
    { operation: "createCustomer" },
  );
  testContext.clock.now = NOW;
  return { ...seller, colleague, evora: evora.customer, quiet: quiet.customer };
}

const ALL = { from: "2020-01-01T00:00:00.000Z" };

async function found({ actor }: Pick<PartnerWithUser, "actor">, filter: Parameters<typeof listActivity>[1]) {
  const { nodes } = await listActivity(testContext.as(actor), filter);
  return nodes.map(({ operation, occurredAt }) => `${occurredAt.slice(0, 10)} ${operation}`);
}

describe("the activity log", () => {
  it("is the last 30 days, newest first, unless a range is given, however long ago", async () => {
    const partner = await aBusyPartner();
    const lately = ["2026-05-01 removeRelationship", "2026-05-01 createCustomer", "2026-05-01 system"];
    expect((await found(partner, {})).slice(-1)).toEqual(["2026-04-20 updateCustomer"]);
    expect((await found(partner, {})).slice(0, -1).sort()).toEqual(lately.sort());
    expect(await found(partner, { to: "2026-04-15T00:00:00.000Z" })).toContain("2026-04-01 updateCustomer");
    const april = { from: "2026-04-01T08:00:00.000Z", to: "2026-04-20T08:00:00.000Z" };
    expect(await found(partner, april)).toEqual(["2026-04-10 updateCustomer", "2026-04-01 updateCustomer"]);
    const { length } = await logOf(testContext, partner.partner.id);
    expect(await found(partner, ALL)).toHaveLength(length);
  });

  it("is filtered by customer, name, thing, operation, user and outcome, alone and together", async () => {
    const partner = await aBusyPartner();
    const { evora, quiet, colleague, actor } = partner;
    expect(await found(partner, { ...ALL, customerId: quiet.id })).toHaveLength(2);
    expect(await found(partner, { ...ALL, companyName: "evora cer" })).toHaveLength(4);
    expect(await found(partner, { ...ALL, companyName: "ÉVORA CERAMICS 100%" })).toHaveLength(4);
    expect(await found(partner, { ...ALL, companyName: "ceramics" })).toHaveLength(0);
    expect(await found(partner, { ...ALL, companyName: "%" })).toHaveLength(0);
    expect(await found(partner, { ...ALL, companyName: "_" })).toHaveLength(0);
    expect(await found(partner, { ...ALL, resourceType: "USER" as never })).toHaveLength(2);
    expect(await found(partner, { ...ALL, operation: "updateCustomer" })).toHaveLength(3);
    expect(await found(partner, { ...ALL, operation: "updateCustomer " })).toHaveLength(3);
    expect(await found(partner, { ...ALL, operation: "updatecustomer" })).toHaveLength(0);
    expect(await found(partner, { ...ALL, userId: colleague.userId })).toHaveLength(2);
    expect(await found(partner, { ...ALL, userId: actor.userId })).toHaveLength(3);
    expect(await found(partner, { ...ALL, userId: "system" })).toHaveLength(5);
    expect(await found(partner, { ...ALL, outcome: "REFUSED" as never })).toEqual([
      "2026-05-01 createCustomer",
    ]);
    const ofName = { ...ALL, companyName: "evora", customerId: evora.id };
    expect(await found(partner, { ...ofName, operation: "updateCustomer" })).toHaveLength(3);
    expect(await found(partner, { ...ofName, customerId: quiet.id })).toHaveLength(0);
    expect(
      await found(partner, {
        ...ALL,
        customerId: evora.id,
        userId: actor.userId,
        from: "2026-04-05T00:00:00.000Z",
      }),
    ).toHaveLength(2);
  });

  it("is the caller's organization's only", async () => {
    const [one, other] = [await aBusyPartner(), await aPartner(testContext)];
    for (const filter of [ALL, { ...ALL, customerId: one.evora.id }, { ...ALL, userId: one.actor.userId }]) {
      const { nodes } = await listActivity(testContext.as(other.actor), filter);
      for (const { organizationId } of nodes) expect(organizationId).toBe(other.partner.id);
    }
    const powerless = { ...other.actor, permissions: new Set<never>() };
    expect((await listActivity(testContext.as(powerless), ALL)).nodes).toEqual([]);
  });

  it("is paged without a repeat and without a gap, also where many records share an instant", async () => {
    const { partner, actor } = await aPartner(testContext);
    const attempt = { errorCode: "X", resourceType: null, resourceId: null, customerId: null };
    for (let at = 0; at < 5; at++) {
      await testContext.as(actor).transaction(
        async (tx) => {
          for (let more = 0; more < 5; more++) tx.recordRefusedAttempt(attempt);
          return Promise.resolve();
        },
        { operation: "many" },
      );
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listActivity>> = await listActivity(testContext.as(actor), {
        first: 4,
        after,
        operation: "many",
      });
      seen.push(...page.nodes.map(({ id }) => id));
      expect(await page.totalCount).toBe(25);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    const all = (await logOf(testContext, partner.id)).filter(({ operation }) => operation === "many");
    expect([...seen].sort()).toEqual(all.map(({ id }) => id).sort());
    expect(new Set(seen).size).toBe(25);
  });

  it("is counted only when the count is read", async () => {
    const { actor } = await aPartner(testContext);
    testContext.statements.length = 0;
    const page = await listActivity(testContext.as(actor), {});
    expect(testContext.statements).toHaveLength(1);
    expect(await page.totalCount).toBe(2);
    expect(testContext.statements).toHaveLength(2);
  });

  it("refuses a range that ends before it begins, and ids that are none", async () => {
    const { actor } = await aPartner(testContext);
    const refusals = await refusalsOf(
      listActivity(testContext.as(actor), {
        from: "2026-02-01T00:00:00.000Z",
        to: "2026-01-01T00:00:00.000Z",
        customerId: "contoso",
        userId: newId(Customer),
        companyName: "x".repeat(201),
      }),
    );
    expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual([
      "FIELD_INVALID from",
      "ID_MALFORMED customerId",
      "FIELD_INVALID companyName",
      "ID_MALFORMED userId",
    ]);
    const [foreign] = await refusalsOf(listActivity(testContext.as(actor), { after: "bm8gY3Vyc29y" }));
    expect(foreign?.code).toBe("CURSOR_INVALID");
  });
});

describe("the hashes", () => {
  it("follow from the columns and from each other, from the first one on", async () => {
    const { partner } = await aBusyPartner();
    let previousHash = "";
    for (const record of await logOf(testContext, partner.id)) {
      expect(record.previousHash).toBe(previousHash);
      expect(hashOf(record)).toBe(record.hash);
      previousHash = record.hash;
    }
    const head = `organizationId = '${partner.id}' AND lastHash = '${previousHash}'`;
    expect(await testContext.count("organization_head", head)).toBe(1);
  });
});
