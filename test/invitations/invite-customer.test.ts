import { Customer } from "../../entities/customers/customer";
import { AgentRole } from "../../entities/identity/user";
import { Partner, ProgrammeRole } from "../../entities/partners/partner";
import { newId } from "../../src/values/ids";
import { inviteCustomer, type InviteCustomer } from "../../src/invitations";
import { createPartnership } from "../../src/partners";
import { aCustomer, aPartner, aPartnerUser, aRelationship, aResellerWithProvider } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const TO = { recipientEmail: "info@shop.example" };

/** Code and field of everything that a fresh partner is told about an input. */
async function problemsOf(input: InviteCustomer): Promise<string[]> {
  const inviter = await aPartner(testContext);
  const refusals = await refusalsOf(inviteCustomer(testContext.as(inviter.actor), input));
  expect(await testContext.count("invitation", `partnerId = '${inviter.partner.id}'`)).toBe(0);
  return refusals.map(({ code, field }) => `${code} ${field}`);
}

describe("inviting a customer", () => {
  it("makes a pending invitation for 90 days with a link and a draft around it, and tells the inviter", async () => {
    const inviter = await aPartner(testContext);

    const { invitation, link, draft } = await inviteCustomer(testContext.as(inviter.actor), {
      recipientEmail: " Info@SHOP.example ",
    });

    expect(invitation).toMatchObject({
      status: "PENDING",
      partnerId: inviter.partner.id,
      recipientEmail: "info@shop.example",
      expiresAt: "2026-05-30T12:00:00.000Z",
      createdBy: inviter.actor.userId,
      reusable: false,
      version: 1,
    });
    expect(link).toMatch(/^https:\/\/partners\.example\/invitation#[\w-]{43}$/);
    expect(draft.body).toContain(link);
    expect(draft.mailto).toMatch(/^mailto:info@shop\.example\?subject=/);
    expect(await testContext.eventsOf(inviter.partner.id)).toMatchObject([
      {
        type: "invitation.sent",
        invitationId: invitation.id,
        recipientEmail: "info@shop.example",
        actorId: inviter.actor.userId,
      },
    ]);
  });

  it("takes the inviter's own words and lifetime", async () => {
    const inviter = await aPartner(testContext);
    const words = { subject: "  R&D?  ", body: "Dear 客户,\r\n{{link}}\r\nBye", expiresInDays: 1 };

    const { invitation, link, draft } = await inviteCustomer(testContext.as(inviter.actor), {
      ...TO,
      ...words,
    });

    expect(invitation).toMatchObject({ subject: "R&D?", expiresAt: "2026-03-02T12:00:00.000Z" });
    expect(draft).toMatchObject({ subject: "R&D?", body: `Dear 客户,\r\n${link}\r\nBye` });
  });

  it("with its provider tells the provider too", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { partner } = provider;

    const invited = await inviteCustomer(testContext.as(reseller.actor), {
      ...TO,
      indirectProviderId: partner.id,
    });

    expect(invited.invitation.providerId).toBe(partner.id);
    expect(invited.draft.body).toContain(`${reseller.partner.name} and its provider ${partner.name}`);
    expect(await testContext.eventsOf(partner.id)).toMatchObject([
      { type: "invitation.sent", partnerId: reseller.partner.id, providerId: partner.id },
    ]);
  });

  it("by a partner with the longest name there may be proposes a subject that can be stored", async () => {
    const inviter = await aPartner(testContext, { name: "N".repeat(200) });
    const { invitation } = await inviteCustomer(testContext.as(inviter.actor), TO);
    expect(await testContext.count("invitation", `id = '${invitation.id}'`)).toBe(1);
  });

  it("with much blank space around the body stores the body without it", async () => {
    const inviter = await aPartner(testContext);
    const blank = "\n".repeat(70_000);
    const input = { ...TO, body: `${blank}Go: {{link}}${blank}` };
    expect((await inviteCustomer(testContext.as(inviter.actor), input)).invitation.bodyTemplate).toBe(
      "Go: {{link}}",
    );
  });

  it("that it has can name it as the only one who may use the link", async () => {
    const inviter = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, inviter.partner, customer);
    const { invitation } = await inviteCustomer(testContext.as(inviter.actor), {
      ...TO,
      customerId: customer.id,
    });
    expect(invitation.customerId).toBe(customer.id);
  });

  it("may be done with one link for anyone, without an address", async () => {
    const inviter = await aPartner(testContext);
    const { invitation, draft } = await inviteCustomer(testContext.as(inviter.actor), { reusable: true });
    expect(invitation).toMatchObject({ reusable: true, recipientEmail: null, pendingKey: null });
    expect(draft.mailto).toMatch(/^mailto:\?subject=/);
  });
});

describe("a bad invitation", () => {
  it.each<[string, InviteCustomer, string[]]>([
    ["without an address", {}, ["FIELD_INVALID recipientEmail"]],
    ["with an empty address", { recipientEmail: "" }, ["FIELD_INVALID recipientEmail"]],
    ["to no address", { recipientEmail: "shop" }, ["FIELD_INVALID recipientEmail"]],
    ["to two addresses", { recipientEmail: "a@b.example,c@d.example" }, ["FIELD_INVALID recipientEmail"]],
    ["to the platform's owner", { recipientEmail: "a@microsoft.com" }, ["FIELD_INVALID recipientEmail"]],
    ["for no day", { ...TO, expiresInDays: 0 }, ["FIELD_INVALID expiresInDays"]],
    ["for more than a year", { ...TO, expiresInDays: 366 }, ["FIELD_INVALID expiresInDays"]],
    ["with a blank subject", { ...TO, subject: "  " }, ["FIELD_INVALID subject"]],
    ["with a subject of 201 characters", { ...TO, subject: "s".repeat(201) }, ["FIELD_INVALID subject"]],
    [
      "with a subject that smuggles a header in",
      { ...TO, subject: "Hi\r\nBcc: x@y" },
      ["FIELD_INVALID subject"],
    ],
    [
      "with halves of characters",
      { ...TO, subject: "a\ud83d", body: "\ude00 {{link}}" },
      ["FIELD_INVALID subject", "FIELD_INVALID body"],
    ],
    ["without the link in the body", { ...TO, body: "Hello {{ link }}" }, ["INVITATION_LINK_MISSING body"]],
    [
      "with a body of 5001 characters",
      { ...TO, body: `{{link}}${"b".repeat(4_993)}` },
      ["FIELD_INVALID body"],
    ],
    [
      "with a malformed provider",
      { ...TO, indirectProviderId: "part_x" },
      ["ID_MALFORMED indirectProviderId"],
    ],
    ["with another kind of id", { ...TO, customerId: newId(Partner) }, ["ID_MALFORMED customerId"]],
    ["naming an unknown customer", { ...TO, customerId: newId(Customer) }, ["CUSTOMER_NOT_FOUND customerId"]],
    [
      "for anyone that names one",
      { reusable: true, customerId: newId(Customer) },
      ["FIELD_INVALID customerId"],
    ],
    [
      "with everything wrong at once",
      {
        recipientEmail: "x",
        expiresInDays: 400,
        subject: "",
        body: "no",
        indirectProviderId: "1",
        customerId: "2",
      },
      [
        "ID_MALFORMED indirectProviderId",
        "ID_MALFORMED customerId",
        "FIELD_INVALID expiresInDays",
        "FIELD_INVALID subject",
        "FIELD_INVALID recipientEmail",
        "INVITATION_LINK_MISSING body",
      ],
    ],
  ])("%s is refused, naming every field that is wrong", async (_what, input, problems) => {
    expect(await problemsOf(input)).toEqual(problems);
  });

  it("names the limits of a lifetime and never echoes the address", async () => {
    const inviter = await aPartner(testContext);
    const input = { recipientEmail: "<script>", expiresInDays: 999 };
    const refusals = await refusalsOf(inviteCustomer(testContext.as(inviter.actor), input));
    expect(refusals[0].details).toEqual({ minimum: 1, maximum: 365 });
    expect(refusals[1].message).not.toContain("script");
  });

  it("to an address of the inviter's own domain is refused, in any letter case", async () => {
    const inviter = await aPartner(testContext);
    const recipientEmail = `Me@${inviter.partner.domain.toUpperCase()}`;
    const refusals = await refusalsOf(inviteCustomer(testContext.as(inviter.actor), { recipientEmail }));
    expect(refusals).toMatchObject([{ code: "FIELD_INVALID", field: "recipientEmail" }]);
  });

  it("naming another partner's customer is answered as if there were none", async () => {
    const [inviter, other] = [await aPartner(testContext), await aPartner(testContext)];
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, other.partner, customer);
    const foreign = await refusalsOf(
      inviteCustomer(testContext.as(inviter.actor), { ...TO, customerId: customer.id }),
    );
    const unknown = await refusalsOf(
      inviteCustomer(testContext.as(inviter.actor), { ...TO, customerId: newId(Customer) }),
    );
    expect(foreign).toEqual(unknown);
  });

  it("with a provider that there is no active partnership with is refused", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const outsider = await aPartner(testContext, { programmeRole: ProgrammeRole.INDIRECT_PROVIDER });
    const invite = (indirectProviderId: string) =>
      refusalsOf(inviteCustomer(testContext.as(reseller.actor), { ...TO, indirectProviderId }));
    const notFound = [{ code: "PARTNER_NOT_FOUND", field: "indirectProviderId" }];
    expect(await invite(outsider.partner.id)).toMatchObject(notFound);
    expect(await invite(newId(Partner))).toMatchObject(notFound);
    expect(await invite(reseller.partner.id)).toMatchObject(notFound);
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE partnership SET status = 'ENDED' WHERE providerId = ?", [provider.partner.id]),
    );
    expect(await invite(provider.partner.id)).toMatchObject(notFound);
  });

  it("by a direct partner or a provider that names a provider is refused", async () => {
    const { provider } = await aResellerWithProvider(testContext);
    const direct = await aPartner(testContext);
    await testContext.system.transaction((tx) =>
      createPartnership(tx, provider.partner.id, direct.partner.id),
    );
    const input = { ...TO, indirectProviderId: provider.partner.id };
    expect(await refusalOf(inviteCustomer(testContext.as(direct.actor), input))).toBe("PARTNER_NOT_FOUND");
    expect(await refusalOf(inviteCustomer(testContext.as(provider.actor), input))).toBe("PARTNER_NOT_FOUND");
  });

  it("by somebody who is no partner's user is forbidden", async () => {
    const { actor } = await aCustomer(testContext);
    expect(await refusalOf(inviteCustomer(testContext.as(actor), TO))).toBe("FORBIDDEN");
  });

  it("naming a customer is refused to an agent who may not see customers", async () => {
    const { partner } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, partner, customer);
    const seller = await aPartnerUser(testContext, partner, { agent: [AgentRole.SALES_AGENT] });
    const input = { ...TO, customerId: customer.id };
    expect(await refusalOf(inviteCustomer(testContext.as(seller), input))).toBe("CUSTOMER_NOT_FOUND");
  });
});
