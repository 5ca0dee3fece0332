import { createHash } from "node:crypto";
import { type DataSource, type EntityManager, In } from "typeorm";
import { ActivityRecord } from "../../entities/activity/activity-record";
import { Customer } from "../../entities/customers/customer";
import { Event } from "../../entities/events/event";
import { OrganizationHead } from "../../entities/events/organization-head";
import { Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import { Partner } from "../../entities/partners/partner";
import {
  RelationshipKind,
  RelationshipStatus,
  ResellerRelationship,
} from "../../entities/relationships/reseller-relationship";
import {
  Subscription,
  SubscriptionStatus,
  SuspensionReason,
} from "../../entities/subscriptions/subscription";
import { searchKey } from "../../src/values/search-key";
import { activityRecords, type AuditContext } from "./activity";
import { quickId } from "./ids";
import { moved, type Told } from "./stream";
import { ACCEPTED, acceptDeeds, SUSPENDED, suspendDeeds } from "./writes";

const BY = "reference";
let last: Promise<unknown> = Promise.resolve();

/** TypeORM's transactions of different requests would run into each other on SQLite's one connection. */
function transaction<T>(source: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  if (!onSqlite(source)) return source.transaction("READ COMMITTED", work);
  const result = last.then(() => source.transaction(work));
  last = result.catch(() => undefined);
  return result;
}

function onSqlite(source: DataSource): boolean {
  return source.options.type === "better-sqlite3";
}

function locking(source: DataSource) {
  return onSqlite(source) ? {} : { lock: { mode: "pessimistic_write" as const } };
}

/** Accepts an invitation for the customer that it names: the same rows as ours. */
export function naiveAccept(source: DataSource, token: string) {
  return transaction(source, async (manager) => {
    const now = new Date().toISOString();
    const tokenHash = createHash("sha256").update(token).digest("hex");
    const invitation = await manager.findOne(Invitation, { where: { tokenHash }, ...locking(source) });
    if (invitation?.status !== InvitationStatus.PENDING || invitation.expiresAt <= now)
      throw new Error("no such invitation, or no longer open");
    const { id: invitationId, partnerId, recipientEmail } = invitation;
    const partner = await manager.findOneByOrFail(Partner, { id: partnerId });
    const customer = await manager.findOneByOrFail(Customer, { id: invitation.customerId ?? "" });
    const { id: customerId, companyName, domain } = customer;
    const relationship = await manager.save(
      manager.create(ResellerRelationship, {
        ...{ id: quickId("rel"), createdAt: now, updatedAt: now, version: 1, partnerId, customerId },
        ...{ kind: RelationshipKind.RESELLER, status: RelationshipStatus.ACTIVE, invitationId, companyName },
        ...{ companyNameKey: searchKey(companyName), domain, establishedAt: now },
      }),
    );
    const ended = { status: InvitationStatus.ACCEPTED, endedAt: now, pendingKey: null, updatedAt: now };
    await manager.save(Object.assign(invitation, ended, { version: invitation.version + 1 }));
    const names = { partnerId, partnerName: partner.name, customerId, companyName, domain, invitationId };
    const established = { relationshipId: relationship.id, ...names };
    const accepted = { ...names, providerId: null, recipientEmail, reusable: false };
    const audience = [partnerId, customerId];
    const told = [
      { type: "relationship.established", customerId, facts: established, audience },
      {
        type: "invitation.accepted",
        customerId,
        facts: { ...accepted, relationshipIds: [relationship.id] },
        audience,
      },
    ];
    const deeds = acceptDeeds({ id: invitationId, partnerId, customerId }, relationship, customer, now);
    await tell(source, manager, now, { told, deeds, moves: ACCEPTED });
    return { invitation, relationships: [relationship] };
  });
}

/** Suspends a subscription: the same rows as ours. */
export function naiveSuspend(source: DataSource, id: string) {
  return transaction(source, async (manager) => {
    const now = new Date().toISOString();
    const found = await manager.findOne(Subscription, { where: { id }, ...locking(source) });
    if (found?.status !== SubscriptionStatus.ACTIVE || found.termEndsAt <= now)
      throw new Error("no such subscription, or not active");
    const renewed = found.autoRenewEnabled;
    const { companyName } = await manager.findOneByOrFail(Customer, { id: found.customerId });
    const suspended = { status: SubscriptionStatus.SUSPENDED, autoRenewEnabled: false, updatedAt: now };
    Object.assign(found, suspended, {
      suspensionReasons: [SuspensionReason.PARTNER],
      version: found.version + 1,
    });
    await manager.save(found);
    const { customerId, partnerId, resellerId, offerId, offerName, quantity, status, termEndsAt } = found;
    const facts = {
      ...{ subscriptionId: id, customerId, partnerId, resellerId, offerId, offerName, quantity, status },
      ...{ termEndsAt, autoRenewEnabled: false },
    };
    const told = [{ type: "subscription.suspended", customerId, facts, audience: [customerId, partnerId] }];
    const deeds = suspendDeeds(found, companyName, renewed);
    await tell(source, manager, now, { told, deeds, moves: SUSPENDED });
    return found;
  });
}

interface Done {
  told: Told[];
  deeds: AuditContext[];
  moves: Record<string, number>;
}

async function tell(
  source: DataSource,
  manager: EntityManager,
  now: string,
  { told, deeds, moves }: Done,
): Promise<void> {
  const organizationIds = [...new Set(told.flatMap(({ audience }) => audience))];
  const heads = await manager.find(OrganizationHead, {
    where: { organizationId: In(organizationIds) },
    order: { organizationId: "ASC" },
    ...locking(source),
  });
  const events = told.flatMap(({ type, customerId, facts, audience }) => {
    const id = quickId("evt");
    return heads
      .filter(({ organizationId }) => audience.includes(organizationId))
      .map((head) => {
        const place = { organizationId: head.organizationId, position: ++head.lastPosition };
        const by = { occurredAt: now, actorId: BY, requestId: BY };
        return { ...place, ...by, id, type, version: 1, customerId, facts: { ...facts } };
      });
  });
  await manager.insert(Event, events);
  const byOrganization = new Map(heads.map((head) => [head.organizationId, head]));
  await manager.insert(ActivityRecord, activityRecords(byOrganization, deeds, now) as object[]);
  for (const head of heads) head.rowCounts = moved(head.rowCounts, moves);
  await manager.save(heads);
}
