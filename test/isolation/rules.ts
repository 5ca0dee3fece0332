import { type IdKind, idPrefixes, kindOfId } from "../support/id-kinds";
import { idsIn, type RawRow, type Snapshot } from "./snapshot";

/** A kind of id that rows have: what a link shows of an invitation is no row of its own. */
type RowKind = Exclude<IdKind, "receivedInvitation">;

/** The table of each kind of row. */
const TABLE_OF: Record<RowKind, string> = {
  partner: "partner",
  partnership: "partnership",
  user: "user_account",
  customer: "customer",
  invitation: "invitation",
  relationship: "reseller_relationship",
  offer: "offer",
  subscription: "subscription",
  event: "event",
  apiKey: "api_key",
  activity: "activity_record",
  webhookEndpoint: "webhook_endpoint",
  webhookDelivery: "webhook_delivery",
};

/** The facts of the field by which an organization may read a row (docs/sources.md), told once more than in `src`. */
export class Rules {
  private readonly byId = new Map<string, RawRow[]>();
  private readonly named = new Map<string, Set<string>>();

  constructor(private readonly snapshot: Snapshot) {
    for (const [kind, table] of Object.entries(TABLE_OF)) {
      for (const row of this.rows(table)) {
        const id = row.id as string;
        if (kindOfId(id) !== kind)
          throw new Error(`a ${table} has the id ${id}, not of ${idPrefixes[kind as IdKind]}`);
        this.byId.set(id, [...(this.byId.get(id) ?? []), row]);
      }
    }
  }

  /** Whether a row of this id exists. */
  knows(id: string): boolean {
    return this.byId.has(id);
  }

  /** Whether an organization may read the row itself. */
  maySee(organizationId: string, id: string): boolean {
    return (this.byId.get(id) ?? []).some((row) => this.isOpenTo(organizationId, row, id));
  }

  /** Whether an organization may come across the id: in a row that it may read, or in one of its own events. */
  mayMeet(organizationId: string, id: string): boolean {
    return this.idsNamedTo(organizationId).has(id);
  }

  /** Whether a partner has, or once had, a relationship with a customer. */
  hasEverSold(partnerId: string, customerId: string): boolean {
    return this.relationship(partnerId, customerId) !== undefined;
  }

  /** Every id of a kind, in the order of making. */
  idsOf(kind: RowKind): string[] {
    return [...new Set(this.rows(TABLE_OF[kind]).map((row) => row.id as string))].sort();
  }

  /** One row by id. */
  row(id: string): RawRow | undefined {
    return this.byId.get(id)?.[0];
  }

  /** The organization that a row is of, as far as it is of one. */
  ownerOf(id: string): string {
    const row = this.row(id) ?? {};
    return (row.organizationId ?? row.partnerId ?? row.providerId ?? id) as string;
  }

  private rows(table: string): RawRow[] {
    return this.snapshot.get(table) ?? [];
  }

  private relationship(partnerId: string, customerId: string): RawRow | undefined {
    return this.rows("reseller_relationship").find(
      (row) => row.partnerId === partnerId && row.customerId === customerId,
    );
  }

  private sells(partnerId: string, customerId: string): boolean {
    return this.relationship(partnerId, customerId)?.status === "ACTIVE";
  }

  private workTogether(one: string, other: string): boolean {
    return this.rows("partnership").some(
      (row) =>
        row.status === "ACTIVE" &&
        ((row.providerId === one && row.resellerId === other) ||
          (row.providerId === other && row.resellerId === one)),
    );
  }

  private isOpenTo(me: string, row: RawRow, id: string): boolean {
    const kind = kindOfId(id);
    const { partnerId, customerId } = row as Record<string, string>;
    switch (kind) {
      case "offer":
        return true;
      case "partner":
        return id === me || this.workTogether(id, me) || this.relationship(id, me) !== undefined;
      case "customer":
        return id === me || this.sells(me, id);
      case "invitation":
        return [partnerId, row.providerId, customerId].includes(me);
      case "relationship": {
        if ([partnerId, customerId].includes(me)) return true;
        if (row.status !== "ACTIVE" || partnerId === undefined || customerId === undefined) return false;
        return this.workTogether(me, partnerId) && this.sells(me, customerId);
      }
      case "subscription":
        return [partnerId, customerId, row.resellerId].includes(me);
      case "partnership":
        return [row.providerId, row.resellerId].includes(me);
      case "user":
      case "apiKey":
      case "activity":
      case "event":
      case "webhookEndpoint":
      case "webhookDelivery":
        return row.organizationId === me;
      case "receivedInvitation":
      case undefined:
        return false;
    }
  }

  private idsNamedTo(me: string): Set<string> {
    const known = this.named.get(me);
    if (known) return known;
    const found = new Set<string>();
    for (const [id, rows] of this.byId) {
      for (const row of rows.filter((one) => this.isOpenTo(me, one, id))) {
        for (const named of idsIn(JSON.stringify(row))) found.add(named);
      }
    }
    this.named.set(me, found);
    return found;
  }
}
