import { inviteCustomer, type InviteCustomer } from "../../src/invitations";
import { aCustomer, aPartner, aPartnerUser, aRelationship, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

const TO = { recipientEmail: "info@shop.example" };
const invite = (inviter: PartnerWithUser, idempotencyKey: string, input: InviteCustomer = TO) =>
  inviteCustomer(testContext.as(inviter.actor), { ...input, idempotencyKey });
const invitationsOf = ({ partner }: PartnerWithUser) =>
  testContext.count("invitation", `partnerId = '${partner.id}'`);

describe("an invitation with an idempotency key", () => {
  it("that is repeated gives the same link and draft, and is made and told once", async () => {
    const inviter = await aPartner(testContext);
    const first = await invite(inviter, "monday");
    expect(await invite(inviter, "monday")).toEqual(first);
    expect(await invitationsOf(inviter)).toBe(1);
    expect(await testContext.eventsOf(inviter.partner.id)).toHaveLength(1);
  });

  it("is the same call whatever the order of its fields", async () => {
    const inviter = await aPartner(testContext);
    const words = { ...TO, subject: "S", body: "{{link}}" };
    const first = await invite(inviter, "k", words);
    const { recipientEmail, subject, body } = words;
    expect((await invite(inviter, "k", { body, subject, recipientEmail })).link).toBe(first.link);
  });

  it("is refused with another input, and the first one still answers", async () => {
    const inviter = await aPartner(testContext);
    const first = await invite(inviter, "monday");
    const other = invite(inviter, "monday", { recipientEmail: "else@shop.example" });
    expect(await refusalsOf(other)).toMatchObject([
      { code: "IDEMPOTENCY_KEY_REUSED", field: "idempotencyKey" },
    ]);
    expect((await invite(inviter, "monday")).link).toBe(first.link);
  });

  it("that comes ten times at once makes one invitation and gives one link", async () => {
    const inviter = await aPartner(testContext);
    const answers = await Promise.all(Array.from({ length: 10 }, () => invite(inviter, "monday")));
    expect(new Set(answers.map(({ link }) => link)).size).toBe(1);
    expect(await invitationsOf(inviter)).toBe(1);
    expect(await testContext.eventsOf(inviter.partner.id)).toHaveLength(1);
  });

  it("is remembered for 24 hours: a moment before it is a repeat, then it is a new call", async () => {
    const inviter = await aPartner(testContext);
    const input = { reusable: true };
    const first = await invite(inviter, "daily", input);
    testContext.clock.now = "2026-03-02T11:59:59.999Z";
    expect((await invite(inviter, "daily", input)).link).toBe(first.link);
    testContext.clock.now = "2026-03-02T12:00:00.000Z";
    expect((await invite(inviter, "daily", input)).link).not.toBe(first.link);
    expect(await invitationsOf(inviter)).toBe(2);
  });

  it("is nobody else's: a colleague with the same key makes a call of its own", async () => {
    const inviter = await aPartner(testContext);
    const colleague = { ...inviter, actor: await aPartnerUser(testContext, inviter.partner, {}) };
    const first = await invite(inviter, "k", { reusable: true });
    expect((await invite(colleague, "k", { reusable: true })).link).not.toBe(first.link);
  });

  it("that was refused is not remembered", async () => {
    const inviter = await aPartner(testContext);
    const blocking = await invite(inviter, "first");
    expect(await refusalsOf(invite(inviter, "second"))).toMatchObject([
      { code: "INVITATION_ALREADY_PENDING" },
    ]);
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE invitation SET pendingKey = NULL WHERE id = ?", [blocking.invitation.id]),
    );
    expect((await invite(inviter, "second")).invitation.status).toBe("PENDING");
  });
});

describe("the link of an invitation", () => {
  it("stands in no row of the database: not in the invitation, the events, or what is kept for a repeat", async () => {
    const inviter = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, inviter.partner, customer);
    const { link } = await invite(inviter, "secret", { ...TO, customerId: customer.id });
    const token = link.slice(link.indexOf("#") + 1);
    const spellings = [
      token,
      Buffer.from(token).toString("base64"),
      Buffer.from(token, "base64url").toString("hex"),
    ];

    for (const table of [
      "invitation",
      "event",
      "idempotency_record",
      "organization_head",
      "reseller_relationship",
    ]) {
      const rows = await testContext.database.read((reads) => reads.rows<object>(`SELECT * FROM ${table}`));
      expect(rows.length).toBeGreaterThan(0);
      const text = JSON.stringify(rows);
      for (const spelling of spellings) expect(text).not.toContain(spelling);
    }
  });

  it("is in no event that a listener gets", async () => {
    const inviter = await aPartner(testContext);
    const { link } = await invite(inviter, "k");
    const events = JSON.stringify(await testContext.eventsOf(inviter.partner.id));
    expect(events).toContain("invitation.sent");
    expect(events).not.toContain(link.slice(link.indexOf("#") + 1));
  });
});
