import { Invitation } from "../../entities/invitations/invitation";
import { newId } from "../../src/values/ids";
import { acceptInvitation, declineInvitation, editInvitation, revokeInvitation } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner, aResellerWithProvider } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

/** A partner with a pending invitation, and what its draft is edited to. */
async function pending() {
  const inviter = await aPartner(testContext);
  const invitation = await anInvitation(testContext, inviter);
  const edit = (changes: { subject?: string | null; body?: string | null; expectedVersion?: number }) =>
    editInvitation(testContext.as(inviter.actor), { invitationId: invitation.id, ...changes });
  return { inviter, invitation, edit };
}

describe("editing the draft of an invitation", () => {
  it("changes subject and body around the link, which stays as it was, and tells the inviter", async () => {
    const { inviter, invitation, edit } = await pending();

    const edited = await edit({ subject: " News ", body: `Hi!\n${invitation.link}\nBye` });

    expect(edited.invitation).toMatchObject({
      subject: "News",
      bodyTemplate: "Hi!\n{{link}}\nBye",
      version: 2,
    });
    expect(edited.draft).toMatchObject({ subject: "News", body: `Hi!\n${invitation.link}\nBye` });
    const types = (await testContext.eventsOf(inviter.partner.id)).map(({ type }) => type);
    expect(types).toEqual(["invitation.sent", "invitation.edited"]);
    const { actor } = await aCustomer(testContext);
    await acceptInvitation(testContext.as(actor), { token: invitation.token });
  });

  it("with the placeholder in the body keeps the link, and cannot show it again", async () => {
    const { edit } = await pending();
    const edited = await edit({ body: "Open {{link}}, please" });
    expect(edited.invitation.bodyTemplate).toBe("Open {{link}}, please");
    expect(edited.draft).toBeNull();
  });

  it("never stores the link, wherever the body holds it", async () => {
    const { invitation, edit } = await pending();
    const { bodyTemplate } = (await edit({ body: `${invitation.link}, ${invitation.link}. {{link}}` }))
      .invitation;
    expect(bodyTemplate).toBe("{{link}}, {{link}}. {{link}}");
    const stored = await testContext.database.read((reads) =>
      reads.rows("SELECT * FROM invitation WHERE id = ?", [invitation.id]),
    );
    expect(JSON.stringify(stored)).not.toContain(invitation.token);
  });

  it("leaves alone what is absent", async () => {
    const { edit } = await pending();
    const first = { ...(await edit({ subject: "S1", body: "B1 {{link}}" })).invitation };
    expect((await edit({ subject: "S2" })).invitation).toMatchObject({
      subject: "S2",
      bodyTemplate: first.bodyTemplate,
    });
    expect((await edit({ body: "B3 {{link}}" })).invitation).toMatchObject({
      subject: "S2",
      bodyTemplate: "B3 {{link}}",
    });
  });

  it("tells the provider of an invitation for both", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { id } = await anInvitation(testContext, reseller, { indirectProviderId: provider.partner.id });
    await editInvitation(testContext.as(reseller.actor), { invitationId: id, subject: "S" });
    const types = (await testContext.eventsOf(provider.partner.id)).map(({ type }) => type);
    expect(types).toEqual(["invitation.sent", "invitation.edited"]);
  });
});

describe("an edit", () => {
  it("that loses the link, changes it or takes another invitation's is refused and changes nothing", async () => {
    const { inviter, invitation, edit } = await pending();
    const other = await anInvitation(testContext, inviter);
    const { link, token } = invitation;
    const changed = link.slice(0, -1) + (link.endsWith("A") ? "B" : "A");
    const bodies = [
      "Hello",
      changed,
      `${link}x`,
      other.link,
      token,
      link.replace("https", "http"),
      "{{ link }}",
    ];
    for (const body of bodies) {
      expect(await refusalsOf(edit({ subject: "New", body }))).toMatchObject([
        { code: "INVITATION_LINK_MISSING", field: "body" },
      ]);
    }
    expect(await testContext.count("invitation", `id = '${invitation.id}' AND version = 1`)).toBe(1);
    expect(await testContext.eventsOf(inviter.partner.id)).toHaveLength(2);
  });

  it("with a bad subject or body names each", async () => {
    const { edit } = await pending();
    const both = ["FIELD_INVALID subject", "FIELD_INVALID body"];
    for (const body of [`\ud83d {{link}}`, "\u0000 {{link}}", "b".repeat(5_001)]) {
      const refusals = await refusalsOf(edit({ subject: "a\nb", body }));
      expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual(both);
    }
    expect((await edit({ body: "one\r\n\ttwo {{link}}" })).invitation.version).toBe(2);
  });

  it("with much blank space around the body stores the body without it", async () => {
    const { edit } = await pending();
    const blank = " ".repeat(70_000);
    expect((await edit({ body: `${blank}{{link}}${blank}` })).invitation.bodyTemplate).toBe("{{link}}");
  });

  it("of an older version is refused, naming the version now", async () => {
    const { edit } = await pending();
    await edit({ subject: "A", expectedVersion: 1 });
    expect(await refusalsOf(edit({ subject: "B", expectedVersion: 1 }))).toMatchObject([
      { code: "STALE_VERSION", field: "expectedVersion", details: { currentVersion: 2 } },
    ]);
  });

  it("of another partner's, its provider's or an unknown invitation finds nothing", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { id } = await anInvitation(testContext, reseller, { indirectProviderId: provider.partner.id });
    const outsider = await aPartner(testContext);
    const edit = (actor: typeof outsider.actor, invitationId: string) =>
      refusalsOf(editInvitation(testContext.as(actor), { invitationId, subject: "S" }));
    const notFound = await edit(outsider.actor, newId(Invitation));
    expect(notFound).toMatchObject([{ code: "INVITATION_NOT_FOUND", field: "invitationId" }]);
    expect(await edit(outsider.actor, id)).toEqual(notFound);
    expect(await edit(provider.actor, id)).toEqual(notFound);
    expect(await edit(outsider.actor, "inv_1")).toMatchObject([
      { code: "ID_MALFORMED", field: "invitationId" },
    ]);
  });

  it("of an invitation that is no longer pending says what became of it", async () => {
    const revoked = await pending();
    await revokeInvitation(testContext.as(revoked.inviter.actor), { invitationId: revoked.invitation.id });
    expect(await refusalOf(revoked.edit({ subject: "S" }))).toBe("INVITATION_REVOKED");

    const declined = await pending();
    await declineInvitation(testContext.as((await aCustomer(testContext)).actor), {
      token: declined.invitation.token,
    });
    expect(await refusalOf(declined.edit({ subject: "S" }))).toBe("INVITATION_DECLINED");

    const accepted = await pending();
    await acceptInvitation(testContext.as((await aCustomer(testContext)).actor), {
      token: accepted.invitation.token,
    });
    expect(await refusalOf(accepted.edit({ subject: "S" }))).toBe("INVITATION_ALREADY_USED");

    const expired = await pending();
    testContext.clock.now = "2026-05-30T12:00:00.000Z";
    expect(await refusalOf(expired.edit({ subject: "S" }))).toBe("INVITATION_EXPIRED");
  });
});
