import { Invitation } from "../../entities/invitations/invitation";
import { Event } from "../../entities/events/event";
import { escape } from "mysql2";
import type { Customer } from "../../entities/customers/customer";
import type { Partner } from "../../entities/partners/partner";
import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { Subscription } from "../../entities/subscriptions/subscription";
import { placeEvents } from "../../src/events/event-log";
import type { BufferedEvent } from "../../src/events/event-map";
import { relationshipEventPayload } from "../../src/relationships/relationship-event-payload";
import { subscriptionEventPayload } from "../../src/subscriptions/subscription-event-payload";
import type { StoredRow } from "../requests/insert-rows";
import { idSql, INVITED } from "./customer-sql";
import { type Markers, type Pattern, sqlOf } from "./insert-sequence";

/** The rows that events tell of, with markers in them. */
export interface Told {
  partner: StoredRow;
  user: StoredRow;
  customer: StoredRow;
  relationship: StoredRow;
  subscription: StoredRow;
  now: string;
}

/** How many events each customer has in its own stream, and in that of the big partner. */
export const EVENTS = { ofCustomer: 2, ofPartner: 8 };

/**
 * The events of so many customers: in each one's stream that its relationship was established and a subscription bought,
 * in the partner's these two, another subscription, and five changes of the customer. Positions have no gap.
 */
export function eventPattern(told: Told, customers: number, markers: Markers): Pattern {
  const rows = templates(told);
  const all = { ...markers, ...MARKERS };
  const perKind = (column: string) =>
    `ELT(k + 1, ${rows.map((row) => sqlOf(row[column] ?? null, all)).join(", ")})`;
  const { ofCustomer, ofPartner } = EVENTS;
  const own = customers * ofCustomer;
  const isOwn = `seq < ${own}`;
  const at = `(seq - ${own})`;
  return {
    table: "event",
    row: rows[0] ?? {},
    markers: all,
    columns: {
      organizationId: `IF(isOwn, ${all["{customer}"]}, ${escape(told.partner.id)})`,
      position: "position",
      type: perKind("type"),
      facts: perKind("facts"),
    },
    // In the order of the table's key: a customer's prefix is before a partner's.
    from: `(SELECT ${isOwn} AS isOwn, IF(${isOwn}, seq DIV ${ofCustomer}, ${at} DIV ${ofPartner}) AS c,
      IF(${isOwn}, seq MOD ${ofCustomer}, ${at} MOD ${ofPartner}) AS k,
      1 + IF(${isOwn}, seq MOD ${ofCustomer}, ${at}) AS position
      FROM seq_0_to_${customers * (ofCustomer + ofPartner) - 1}) numbered`,
  };
}

const MARKERS: Markers = {
  "{event}": idSql(Event, `c * ${EVENTS.ofPartner} + k`),
  "{relationship}": idSql(ResellerRelationship, "c"),
  "{subscription}": idSql(Subscription, "c * 3 + k - 1"),
  "{invitation}": `IF(c MOD ${INVITED} = 0, CONCAT('"', ${idSql(Invitation, "c")}, '"'), 'null')`,
};

/** One event of each kind, as the program would store it in the partner's stream. */
function templates({ partner, user, customer, relationship, subscription, now }: Told): StoredRow[] {
  const established = relationshipEventPayload(
    {
      ...relationship,
      id: "{relationship}",
      invitationId: "{invitation}",
    } as unknown as ResellerRelationship,
    partner as unknown as Partner,
    customer as unknown as Customer,
  );
  const bought = subscriptionEventPayload({
    ...subscription,
    id: "{subscription}",
    autoRenewEnabled: true,
  } as unknown as Subscription);
  const { customerId, partnerId, companyName, domain } = established;
  const updated = { customerId, partnerId, companyName, domain };
  const audience = [partnerId];
  const events: BufferedEvent[] = [
    { id: "{event}", type: "relationship.established", payload: established, audience },
    ...Array.from({ length: 2 }, () => ({
      id: "{event}",
      type: "subscription.created" as const,
      payload: bought,
      audience,
    })),
    ...Array.from({ length: EVENTS.ofPartner - 3 }, () => ({
      ...{ id: "{event}", type: "customer.updated" as const, payload: updated, audience },
    })),
  ];
  const head = { lastPosition: 0, lastSequence: 0, lastHash: "", rowCounts: {}, customerNames: new Map() };
  const by = { occurredAt: now, actorId: String(user.id), requestId: "growth" };
  return placeEvents(events, new Map([[partnerId, head]]), by).map((event) => ({
    ...event,
    facts: JSON.stringify(event.facts).replace('"{invitation}"', "{invitation}"),
  }));
}
