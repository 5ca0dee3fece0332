import { AgentRole } from "../../entities/identity/user";
import { InvitationStatus } from "../../entities/invitations/invitation";
import type { Actor } from "../../src/access/actor";
import {
  acceptInvitation,
  listInvitations,
  type ListInvitations,
  revokeInvitation,
} from "../../src/invitations";
import { makeInvitationLoader } from "../../src/invitations/invitation.loader";
import { aCustomer, anInvitation, aPartner, aPartnerUser, aResellerWithProvider } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

const idsFor = async (actor: Actor, input: ListInvitations = {}) =>
  (await listInvitations(testContext.as(actor), input)).nodes.map(({ id }) => id);

/** All invitations by pages of three, each of which tells how many there are. */
async function walk(actor: Actor, input: ListInvitations = {}): Promise<string[]> {
  const seen: string[] = [];
  const counts: (number | null)[] = [];
  let after: string | null = null;
  do {
    const page = await listInvitations(testContext.as(actor), { ...input, first: 3, after });
    seen.push(...page.nodes.map(({ id }) => id));
    counts.push(await page.totalCount);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after);
  expect(counts).toEqual(counts.map(() => seen.length));
  return seen;
}

describe("the list of invitations", () => {
  it("has the newest first, page by page, each once", async () => {
    const inviter = await aPartner(testContext);
    const made: string[] = [];
    for (let at = 0; at < 7; at++) made.unshift((await anInvitation(testContext, inviter)).id);
    expect(await walk(inviter.actor)).toEqual(made);
  });

  it("can be asked for by status as it is now: what is past its deadline counts as expired", async () => {
    const inviter = await aPartner(testContext);
    const { actor } = await aCustomer(testContext);
    const short = await anInvitation(testContext, inviter, { expiresInDays: 1 });
    const pending = await anInvitation(testContext, inviter);
    const revoked = await anInvitation(testContext, inviter);
    const accepted = await anInvitation(testContext, inviter);
    await revokeInvitation(testContext.as(inviter.actor), { invitationId: revoked.id });
    await acceptInvitation(testContext.as(actor), { token: accepted.token });
    const withStatus = (status: InvitationStatus) => idsFor(inviter.actor, { status });
    expect(await withStatus(InvitationStatus.PENDING)).toEqual([pending.id, short.id]);
    testContext.clock.now = "2026-03-02T12:00:00.000Z";
    expect(await withStatus(InvitationStatus.PENDING)).toEqual([pending.id]);
    expect(await withStatus(InvitationStatus.EXPIRED)).toEqual([short.id]);
    expect(await withStatus(InvitationStatus.REVOKED)).toEqual([revoked.id]);
    expect(await withStatus(InvitationStatus.ACCEPTED)).toEqual([accepted.id]);
    expect(await withStatus(InvitationStatus.DECLINED)).toEqual([]);
  });

  it("has each once and the newest first, across pages, what a partner made among what names it as the provider", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const made: string[] = [];
    for (let at = 0; at < 9; at++) {
      const expiresInDays = at % 2 ? 1 : 30;
      const named = { indirectProviderId: provider.partner.id, expiresInDays };
      const inviter = at % 3 ? reseller : provider;
      made.unshift((await anInvitation(testContext, inviter, at % 3 ? named : { expiresInDays })).id);
    }
    testContext.clock.now = "2026-03-03T12:00:00.000Z";
    const parity = (odd: number) => made.filter((_id, at) => (made.length - 1 - at) % 2 === odd);
    const wanted = [
      { input: {}, ids: made },
      { input: { status: InvitationStatus.PENDING }, ids: parity(0) },
      { input: { status: InvitationStatus.EXPIRED }, ids: parity(1) },
    ];
    for (const { input, ids } of wanted) expect(await walk(provider.actor, input)).toEqual(ids);
  });

  it("shows a provider what names it, a customer what it answered, and nobody anything else", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { actor } = await aCustomer(testContext);
    const both = await anInvitation(testContext, reseller, { indirectProviderId: provider.partner.id });
    const alone = await anInvitation(testContext, reseller);
    await acceptInvitation(testContext.as(actor), { token: both.token });
    expect(await idsFor(reseller.actor)).toEqual([alone.id, both.id]);
    expect(await idsFor(provider.actor)).toEqual([both.id]);
    expect(await idsFor(actor)).toEqual([both.id]);
    expect(await idsFor((await aPartner(testContext)).actor)).toEqual([]);
    expect(await idsFor((await aCustomer(testContext)).actor)).toEqual([]);
    const loaded = await makeInvitationLoader(testContext.as(actor)).loadMany([alone.id, both.id]);
    expect(loaded).toMatchObject([null, { id: both.id }]);
  });

  it("is empty for an agent who may not see customers", async () => {
    const inviter = await aPartner(testContext);
    await anInvitation(testContext, inviter);
    const seller = await aPartnerUser(testContext, inviter.partner, { agent: [AgentRole.SALES_AGENT] });
    expect(await idsFor(seller)).toEqual([]);
  });

  it("refuses a cursor that it did not give, and a page of no or too many rows", async () => {
    const { actor } = await aPartner(testContext);
    expect(await refusalOf(idsFor(actor, { after: "nonsense" }))).toBe("CURSOR_INVALID");
    for (const first of [0, -1, 501]) expect(await refusalOf(idsFor(actor, { first }))).toBe("FIELD_INVALID");
  });
});
