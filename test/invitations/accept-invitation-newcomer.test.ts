import type { ProspectActor } from "../../src/access/actor";
import { acceptInvitation } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner, aProspect, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const domainOf = ({ email }: ProspectActor) => email.split("@")[1];

/** That nothing of an attempt stayed: no organization, no user, no event, and the link is still open. */
async function expectNothingLeft(inviter: PartnerWithUser, prospect: ProspectActor, invitationId: string) {
  expect(await testContext.count("customer", `tenantId = '${prospect.tenantId}'`)).toBe(0);
  expect(await testContext.count("user_account", `subject = '${prospect.subject}'`)).toBe(0);
  expect(await testContext.count("reseller_relationship", `partnerId = '${inviter.partner.id}'`)).toBe(0);
  expect(
    await testContext.count("invitation", `id = '${invitationId}' AND status = 'PENDING' AND version = 1`),
  ).toBe(1);
  expect((await testContext.eventsOf(inviter.partner.id)).map(({ type }) => type)).toEqual([
    "invitation.sent",
  ]);
}

describe("an organization that is not known yet", () => {
  it("becomes known by accepting, with the one who accepts as its Global admin", async () => {
    const inviter = await aPartner(testContext);
    const prospect = aProspect();
    const { token } = await anInvitation(testContext, inviter);
    const details = {
      companyName: "  Новый Магазин ",
      domain: domainOf(prospect).toUpperCase(),
      country: "US",
    };

    const { invitation, relationships } = await acceptInvitation(testContext.as(prospect), {
      token,
      ...details,
    });

    const [customer] = await testContext.database.read((reads) =>
      reads.rows<Record<string, string>>("SELECT * FROM customer WHERE tenantId = ?", [prospect.tenantId]),
    );
    expect(customer).toMatchObject({
      companyName: "Новый Магазин",
      domain: domainOf(prospect),
      country: "US",
      cloud: "PUBLIC",
    });
    expect(invitation.customerId).toBe(customer.id);
    expect(relationships).toMatchObject([{ partnerId: inviter.partner.id, companyName: "Новый Магазин" }]);
    const [user] = await testContext.database.read((reads) =>
      reads.rows("SELECT * FROM user_account WHERE organizationId = ?", [customer.id]),
    );
    expect(user).toMatchObject({ subject: prospect.subject, email: prospect.email, status: "ACTIVE" });
    expect(JSON.stringify(user)).toContain("GLOBAL_ADMIN");
    expect(await testContext.eventsOf(customer.id)).toMatchObject([
      { type: "relationship.established", position: 1 },
      { type: "invitation.accepted", position: 2, companyName: "Новый Магазин", domain: domainOf(prospect) },
    ]);
  });

  it("repeats the accept with the old token and gets what the first one made", async () => {
    const prospect = aProspect();
    const { token } = await anInvitation(testContext, await aPartner(testContext));
    const input = { token, companyName: "Shop", domain: domainOf(prospect), country: "US" };
    const first = await acceptInvitation(testContext.as(prospect), input);
    const again = await acceptInvitation(testContext.as(prospect), { token });
    expect(again.relationships.map(({ id }) => id)).toEqual(first.relationships.map(({ id }) => id));
  });

  it.each([
    ["no details", {}, "companyName domain country"],
    ["no domain", { companyName: "Shop", country: "US" }, "domain"],
    ["a null country", { companyName: "Shop", domain: "shop.example", country: null }, "country"],
    ["an empty name", { companyName: "", domain: "shop.example", country: "US" }, "companyName"],
  ])(
    "with %s is told that details are required, and leaves nothing behind",
    async (_what, details, fields) => {
      const inviter = await aPartner(testContext);
      const prospect = aProspect();
      const { id, token } = await anInvitation(testContext, inviter);
      const refusals = await refusalsOf(acceptInvitation(testContext.as(prospect), { token, ...details }));
      const expected = fields.split(" ").map((field) => ({ code: "COMPANY_DETAILS_REQUIRED", field }));
      expect(refusals).toMatchObject(expected);
      await expectNothingLeft(inviter, prospect, id);
    },
  );

  it("with bad details is told all of them at once, and leaves nothing behind", async () => {
    const inviter = await aPartner(testContext);
    const prospect = aProspect();
    const { id, token } = await anInvitation(testContext, inviter);
    const details = { companyName: "GmbH", domain: "https://shop", country: "us" };
    const refusals = await refusalsOf(acceptInvitation(testContext.as(prospect), { token, ...details }));
    expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual([
      "FIELD_INVALID companyName",
      "FIELD_INVALID domain",
      "FIELD_INVALID country",
    ]);
    await expectNothingLeft(inviter, prospect, id);
  });

  it("with a domain that another organization has leaves nothing behind", async () => {
    const inviter = await aPartner(testContext);
    const prospect = aProspect();
    const { customer } = await aCustomer(testContext);
    const { id, token } = await anInvitation(testContext, inviter);
    const details = { companyName: "Copy Cat", domain: customer.domain.toUpperCase(), country: "US" };
    const refusals = await refusalsOf(acceptInvitation(testContext.as(prospect), { token, ...details }));
    expect(refusals).toMatchObject([{ code: "DOMAIN_TAKEN", field: "domain" }]);
    await expectNothingLeft(inviter, prospect, id);
  });

  it("in another market leaves nothing behind", async () => {
    const inviter = await aPartner(testContext);
    const prospect = aProspect();
    const { id, token } = await anInvitation(testContext, inviter);
    const details = { companyName: "Laden", domain: domainOf(prospect), country: "DE" };
    const refusals = await refusalsOf(acceptInvitation(testContext.as(prospect), { token, ...details }));
    expect(refusals).toMatchObject([{ code: "CUSTOMER_IN_OTHER_MARKET" }]);
    await expectNothingLeft(inviter, prospect, id);
  });

  it("that two Global admins make known at once is known once; the other one is told to ask the first", async () => {
    const inviter = await aPartner(testContext);
    const first = aProspect();
    const second: ProspectActor = { ...first, subject: `${first.subject}-2`, email: `2-${first.email}` };
    const links = [await anInvitation(testContext, inviter), await anInvitation(testContext, inviter)];
    const details = { companyName: "Shop", domain: domainOf(first), country: "US" };
    const answers = await Promise.allSettled(
      [first, second].map((actor, at) =>
        acceptInvitation(testContext.as(actor), { token: links[at].token, ...details }),
      ),
    );
    const refused = answers.find((answer) => answer.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "USER_UNKNOWN" });
    expect(await testContext.count("customer", `tenantId = '${first.tenantId}'`)).toBe(1);
    expect(await testContext.count("reseller_relationship", `partnerId = '${inviter.partner.id}'`)).toBe(1);
  });

  it("of which two claim one domain at once: one gets it, the other is told that it is taken", async () => {
    const inviter = await aPartner(testContext);
    const prospects = [aProspect(), aProspect()];
    const links = [await anInvitation(testContext, inviter), await anInvitation(testContext, inviter)];
    const details = { companyName: "Shop", domain: domainOf(prospects[0]), country: "US" };
    const answers = await Promise.allSettled(
      prospects.map((actor, at) =>
        acceptInvitation(testContext.as(actor), { token: links[at].token, ...details }),
      ),
    );
    const refused = answers.filter((answer) => answer.status === "rejected");
    expect(refused).toMatchObject([{ reason: { code: "DOMAIN_TAKEN" } }]);
    expect(await testContext.count("customer", `domain = '${details.domain}'`)).toBe(1);
  });
});
