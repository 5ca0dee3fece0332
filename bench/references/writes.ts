import { createHash } from "node:crypto";
import { ActivityResource } from "../../entities/activity/activity-record";
import { searchKey } from "../../src/values/search-key";
import { type AuditContext, writeActivity } from "./activity";
import { quickId } from "./ids";
import type { Run, Sql } from "./sql";
import { lockHeads, moveCounts, storeHeads, type Told, writeEvents } from "./stream";

interface InvitationRow {
  id: string;
  partnerId: string;
  customerId: string;
  status: string;
  recipientEmail: string;
  expiresAt: string;
  version: number;
}

interface SubscriptionRow {
  id: string;
  customerId: string;
  partnerId: string;
  offerId: string;
  offerName: string;
  quantity: number;
  status: string;
  termEndsAt: string;
  autoRenewEnabled: number;
  version: number;
  customerName: string;
}

/**
 * The two mutations by hand, in one transaction each. Same effect and same rows as our server: the row itself, the
 * relationship, the events in both streams, both heads, and a record for each changed row in both activity logs
 * (accept: 1 + 1 + 4 + 2 + 4 rows; suspend: 1 + 2 + 2 + 2). Who asks is not looked at: an invitation names its customer,
 * a subscription its partner.
 */
export function writesOf(sql: Sql) {
  const tell = async (
    run: Run,
    organizationIds: string[],
    { told, deeds, moves }: { told: Told[]; deeds: AuditContext[]; moves: Record<string, number> },
    now: string,
  ) => {
    const heads = await lockHeads(sql, run, organizationIds);
    moveCounts(heads, moves);
    await writeEvents(run, heads, told, now);
    await writeActivity(run, heads, deeds, now);
    await storeHeads(run, heads);
  };
  return {
    accept: (token: string) =>
      sql.transaction(async (run) => {
        const now = new Date().toISOString();
        const invitation = await lockInvitation(sql, run, token, now);
        const { id: invitationId, partnerId, customerId, recipientEmail } = invitation;
        const [names] = await run.rows<{ partnerName: string; companyName: string; domain: string }>(
          `SELECT p.name AS partnerName, c.companyName AS companyName, c.domain AS domain FROM partner p, customer c
           WHERE p.id = ? AND c.id = ?`,
          [partnerId, customerId],
        );
        if (!names) throw new Error("an invitation of nobody or for nobody");
        const relationship = await insertRelationship(run, invitation, names, now);
        await run.change(
          `UPDATE invitation SET status = 'ACCEPTED', endedAt = ?, pendingKey = NULL, version = version + 1, updatedAt = ?
           WHERE id = ? AND version = ?`,
          [now, now, invitationId, invitation.version],
        );
        const { partnerName, companyName, domain } = names;
        const what = { partnerId, partnerName, customerId, companyName, domain, invitationId };
        const established = { relationshipId: relationship.id, ...what };
        const accepted = {
          ...{ ...what, providerId: null, recipientEmail, reusable: false },
          relationshipIds: [relationship.id],
        };
        const audience = [partnerId, customerId];
        const told = [
          { type: "relationship.established", customerId, facts: established, audience },
          { type: "invitation.accepted", customerId, facts: accepted, audience },
        ];
        const deeds = acceptDeeds(invitation, relationship, names, now);
        await tell(run, audience, { told, deeds, moves: ACCEPTED }, now);
        const { version } = invitation;
        return {
          invitation: { id: invitationId, status: "ACCEPTED", endedAt: now, version: version + 1 },
          relationships: [relationship],
        };
      }),

    suspend: (id: string) =>
      sql.transaction(async (run) => {
        const now = new Date().toISOString();
        const found = await lockSubscription(sql, run, id, now);
        await run.change(
          `UPDATE subscription SET status = 'SUSPENDED', suspensionReasons = '["PARTNER"]', autoRenewEnabled = 0,
             version = version + 1, updatedAt = ? WHERE id = ? AND version = ?`,
          [now, id, found.version],
        );
        const { customerId, partnerId, offerId, offerName, quantity, termEndsAt } = found;
        const facts = {
          ...{ subscriptionId: id, customerId, partnerId, resellerId: null, offerId, offerName, quantity },
          ...{ status: "SUSPENDED", termEndsAt, autoRenewEnabled: false },
        };
        const audience = [customerId, partnerId];
        const told = [{ type: "subscription.suspended", customerId, facts, audience }];
        await tell(
          run,
          audience,
          {
            told,
            deeds: suspendDeeds(found, found.customerName, found.autoRenewEnabled === 1),
            moves: SUSPENDED,
          },
          now,
        );
        return {
          id,
          status: "SUSPENDED",
          suspensionReasons: ["PARTNER"],
          autoRenewEnabled: false,
          version: found.version + 1,
        };
      }),
  };
}

/** How the counts of both organizations move when an invitation is accepted. */
export const ACCEPTED = { "INVITATION PENDING": -1, "INVITATION ACCEPTED": 1, "RELATIONSHIP ACTIVE": 1 };
/** How they move when a subscription is suspended. */
export const SUSPENDED = { "SUBSCRIPTION ACTIVE": -1, "SUBSCRIPTION SUSPENDED": 1 };

async function lockInvitation(sql: Sql, run: Run, token: string, now: string): Promise<InvitationRow> {
  const [invitation] = await run.rows<InvitationRow>(
    `SELECT id, partnerId, customerId, status, recipientEmail, expiresAt, version FROM invitation
     WHERE tokenHash = ?${sql.forUpdate}`,
    [createHash("sha256").update(token).digest("hex")],
  );
  if (invitation?.status !== "PENDING" || invitation.expiresAt <= now)
    throw new Error("no such invitation, or no longer open");
  return invitation;
}

async function lockSubscription(sql: Sql, run: Run, id: string, now: string): Promise<SubscriptionRow> {
  const [subscription] = await run.rows<SubscriptionRow>(
    `SELECT id, customerId, partnerId, offerId, offerName, quantity, status, termEndsAt, autoRenewEnabled, version,
       (SELECT companyName FROM customer WHERE customer.id = customerId) AS customerName
     FROM subscription WHERE id = ?${sql.forUpdate}`,
    [id],
  );
  if (subscription?.status !== "ACTIVE" || subscription.termEndsAt <= now)
    throw new Error("no such subscription, or not active");
  return subscription;
}

async function insertRelationship(
  run: Run,
  { id: invitationId, partnerId, customerId }: InvitationRow,
  { companyName, domain }: { companyName: string; domain: string },
  now: string,
) {
  const id = quickId("rel");
  await run.change(
    `INSERT INTO reseller_relationship (id, createdAt, updatedAt, version, partnerId, customerId, kind, status,
       invitationId, companyName, companyNameKey, domain, establishedAt)
     VALUES (?, ?, ?, 1, ?, ?, 'RESELLER', 'ACTIVE', ?, ?, ?, ?, ?)`,
    [id, now, now, partnerId, customerId, invitationId, companyName, searchKey(companyName), domain, now],
  );
  return { id, customerId, partnerId, kind: "RESELLER", status: "ACTIVE", establishedAt: now, version: 1 };
}

/** What accepting an invitation does: each in the log of the partner, which may see the values, and in the customer's, which may not. */
export function acceptDeeds(
  { id, partnerId, customerId }: { id: string; partnerId: string; customerId: string },
  relationship: { id: string; establishedAt: string },
  { companyName, domain }: { companyName: string; domain: string },
  now: string,
): AuditContext[] {
  const what = { operation: "acceptInvitation", customerId, customerName: companyName };
  const made = {
    ...what,
    resourceType: ActivityResource.RELATIONSHIP,
    resourceId: relationship.id,
    oldValues: null,
  };
  const changed = { ...what, resourceType: ActivityResource.INVITATION, resourceId: id };
  const nobody = { contactEmail: null, contactFirstName: null, contactLastName: null };
  const values = {
    ...{ companyName, ...nobody, contactMiddleName: null, contactPhone: null, customerId, domain },
    ...{ establishedAt: now, invitationId: id, kind: "RESELLER", partnerId, registrationNumber: null },
    ...{ removedAt: null, status: "ACTIVE" },
  };
  return [
    { ...made, organizationId: partnerId, newValues: values },
    { ...made, organizationId: customerId, newValues: null },
    {
      ...changed,
      organizationId: partnerId,
      oldValues: { endedAt: null, status: "PENDING" },
      newValues: { endedAt: now, status: "ACCEPTED" },
    },
    { ...changed, organizationId: customerId, oldValues: null, newValues: null },
  ];
}

/** What suspending a subscription does, in both logs with the values. */
export function suspendDeeds(
  { id, customerId, partnerId }: { id: string; customerId: string; partnerId: string },
  customerName: string,
  renewed: boolean,
): AuditContext[] {
  const deed = {
    ...{
      operation: "suspendSubscription",
      resourceType: ActivityResource.SUBSCRIPTION,
      resourceId: id,
      customerId,
    },
    customerName,
    oldValues: { ...(renewed && { autoRenewEnabled: true }), status: "ACTIVE", suspensionReasons: [] },
    newValues: {
      ...(renewed && { autoRenewEnabled: false }),
      status: "SUSPENDED",
      suspensionReasons: ["PARTNER"],
    },
  };
  return [
    { ...deed, organizationId: customerId },
    { ...deed, organizationId: partnerId },
  ];
}
