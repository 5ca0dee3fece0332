import { setTimeout as pause } from "node:timers/promises";
import { acceptInvitation, declineInvitation, editInvitation, revokeInvitation } from "../../src/invitations";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { sql } from "../../src/database/sql";
import { Invitation } from "../../entities/invitations/invitation";
import { makeGate } from "../database/gate";
import { aCustomer, anInvitation, aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const BEFORE = "2026-03-01T12:00:00.000Z";
const AFTER = "2026-03-03T12:00:00.000Z";

type Asked = { id: string; token: string };
const CHANGES: Record<string, (ctx: UseCaseContext, asked: Asked) => Promise<unknown>> = {
  accept: (ctx, { token }) => acceptInvitation(ctx, { token }),
  decline: (ctx, { token }) => declineInvitation(ctx, { token }),
  revoke: (ctx, { id }) => revokeInvitation(ctx, { invitationId: id }),
  edit: (ctx, { id }) => editInvitation(ctx, { invitationId: id, subject: "Another" }),
};

// Otherwise it would be accepted after others were told that it has expired.
it.each(Object.keys(CHANGES))(
  "to %s an invitation whose deadline passes while one waits for its row is refused as expired",
  async (change) => {
    testContext.clock.now = BEFORE;
    const inviter = await aPartner(testContext);
    const { actor } = await aCustomer(testContext);
    const asked = await anInvitation(testContext, inviter, { expiresInDays: 1 });
    const [locked, released] = [makeGate(), makeGate()];
    const holding = testContext.system.transaction(async (tx) => {
      await tx.one(Invitation, tx.locked(sql`FROM invitation WHERE id = ${asked.id}`));
      locked.open();
      await released.passed;
    });
    await locked.passed;
    const caller = change === "accept" || change === "decline" ? actor : inviter.actor;
    const refusals = refusalsOf(CHANGES[change]?.(testContext.as(caller), asked) ?? Promise.resolve());
    await pause(200);
    testContext.clock.now = AFTER;
    released.open();
    await holding;
    expect((await refusals).map(({ code }) => code)).toEqual(["INVITATION_EXPIRED"]);
  },
);
