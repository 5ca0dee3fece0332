import { ActivityResource } from "../../entities/activity/activity-record";
import { updateCustomer } from "../../src/customers";
import { acceptInvitation, declineInvitation } from "../../src/invitations";
import { removeRelationship } from "../../src/relationships";
import {
  aCustomer,
  anInvitation,
  aPartner,
  aProspect,
  aRelationship,
  aResellerWithProvider,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { logOf, tracesOf } from "./activity";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

describe("an accepted invitation", () => {
  it("is in the customer's log and in the inviting partner's, the values only in the partner's", async () => {
    const inviter = await aPartner(testContext);
    const { customer, actor } = await aCustomer(testContext, { companyName: "Fern Bakery" });
    const { id, token } = await anInvitation(testContext, inviter);
    const { relationships } = await acceptInvitation(testContext.as(actor), { token });

    const own = await tracesOf(testContext, customer.id, "acceptInvitation");
    const partners = await tracesOf(testContext, inviter.partner.id, "acceptInvitation");
    for (const log of [own, partners]) {
      expect(log.map(({ resourceType, resourceId }) => [resourceType, resourceId]).sort()).toEqual([
        ["INVITATION", id],
        ["RELATIONSHIP", relationships[0]?.id],
      ]);
      for (const { customerId, customerName } of log)
        expect([customerId, customerName]).toEqual([customer.id, "Fern Bakery"]);
    }
    for (const { oldValues, newValues } of own) expect([oldValues, newValues]).toEqual([null, null]);
    expect(partners.find(({ resourceType }) => resourceType === ActivityResource.INVITATION)).toMatchObject({
      oldValues: { status: "PENDING", customerId: null, endedAt: null },
      newValues: { status: "ACCEPTED", customerId: customer.id, endedAt: testContext.clock.now },
    });
    expect(partners.find(({ resourceType }) => resourceType === ActivityResource.RELATIONSHIP)).toMatchObject(
      {
        oldValues: null,
        newValues: { status: "ACTIVE", companyName: "Fern Bakery", invitationId: id, contactEmail: null },
      },
    );
  });

  it("names the person in the customer's log, and in the partner's only the organization", async () => {
    const inviter = await aPartner(testContext);
    const { customer, actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, inviter);
    await acceptInvitation(testContext.as(actor), { token });

    const namesIn = async (organizationId: string) =>
      (await tracesOf(testContext, organizationId, "acceptInvitation")).map(({ actorName }) => actorName);
    expect(new Set(await namesIn(customer.id))).toEqual(new Set([actor.email]));
    expect(new Set(await namesIn(inviter.partner.id))).toEqual(new Set([customer.companyName]));
    expect(JSON.stringify(await logOf(testContext, inviter.partner.id))).not.toContain(actor.email);
  });

  it("does not show the customer what the partner had kept about it before", async () => {
    const inviter = await aPartner(testContext);
    const { customer, actor } = await aCustomer(testContext);
    const { id: relationshipId } = await aRelationship(testContext, inviter.partner, customer);
    await updateCustomer(testContext.as(inviter.actor), {
      customerId: customer.id,
      companyName: "Slow Payer Inc",
    });
    await removeRelationship(testContext.as(inviter.actor), { relationshipId });
    const { token } = await anInvitation(testContext, inviter);
    await acceptInvitation(testContext.as(actor), { token });

    const partners = await tracesOf(testContext, inviter.partner.id, "acceptInvitation");
    expect(partners.map(({ oldValues }) => oldValues?.companyName)).toContain("Slow Payer Inc");
    expect(JSON.stringify(await logOf(testContext, customer.id))).not.toContain("Slow Payer");
  });

  it("of a reseller with its provider is in three logs, and each partner sees its own relationship only", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer, actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, reseller, { indirectProviderId: provider.partner.id });
    const { relationships } = await acceptInvitation(testContext.as(actor), { token });

    const relationshipsIn = async (organizationId: string) =>
      (await tracesOf(testContext, organizationId, "acceptInvitation"))
        .filter(({ resourceType }) => resourceType === ActivityResource.RELATIONSHIP)
        .map(({ resourceId }) => resourceId);
    const of = (partnerId: string) => relationships.find((row) => row.partnerId === partnerId)?.id;
    expect(await relationshipsIn(reseller.partner.id)).toEqual([of(reseller.partner.id)]);
    expect(await relationshipsIn(provider.partner.id)).toEqual([of(provider.partner.id)]);
    expect((await relationshipsIn(customer.id)).sort()).toEqual(relationships.map(({ id }) => id).sort());
  });

  it("of an organization that becomes known begins that organization's log, with its first user in it", async () => {
    const inviter = await aPartner(testContext);
    const prospect = aProspect();
    const { token } = await anInvitation(testContext, inviter);
    const company = {
      companyName: "Newcomer GmbH",
      domain: `new-${prospect.subject}.example`,
      country: "US",
    };
    const { relationships } = await acceptInvitation(testContext.as(prospect), { token, ...company });

    const customerId = relationships[0]?.customerId ?? "";
    const log = await tracesOf(testContext, customerId, "acceptInvitation");
    expect(log.map(({ resourceType }) => resourceType).sort()).toEqual([
      "CUSTOMER",
      "INVITATION",
      "RELATIONSHIP",
      "USER",
    ]);
    for (const record of log)
      expect(record).toMatchObject({ actorId: prospect.tenantId, actorName: prospect.email, customerId });
    expect(log.find(({ resourceType }) => resourceType === ActivityResource.USER)).toMatchObject({
      newValues: { email: prospect.email, adminRoles: ["GLOBAL_ADMIN"] },
    });
    const partners = await tracesOf(testContext, inviter.partner.id, "acceptInvitation");
    expect(new Set(partners.map(({ actorName }) => actorName))).toEqual(new Set(["Newcomer GmbH"]));
  });

  it("that is accepted again writes nothing", async () => {
    const inviter = await aPartner(testContext);
    const { customer, actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, inviter);
    await acceptInvitation(testContext.as(actor), { token });
    const before = await logOf(testContext, customer.id);
    await acceptInvitation(testContext.as(actor), { token });
    expect(await logOf(testContext, customer.id)).toEqual(before);
  });
});

describe("a declined invitation", () => {
  it("of somebody who stays unknown is in the partner's log, which learns no name", async () => {
    const inviter = await aPartner(testContext);
    const prospect = aProspect();
    const { token } = await anInvitation(testContext, inviter);
    await declineInvitation(testContext.as(prospect), { token });

    expect(await tracesOf(testContext, inviter.partner.id, "declineInvitation")).toMatchObject([
      {
        actorName: "an organization that is not known here",
        customerId: null,
        newValues: { status: "DECLINED" },
      },
    ]);
  });
});
