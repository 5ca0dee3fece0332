import { eventCursor } from "../../src/events/event-cursor";
import { kindOfId } from "../support/id-kinds";
import { Marks } from "./canaries";
import type { Rules } from "./rules";
import { idsIn } from "./snapshot";
import type { ValueKind } from "./id-parameters";
import { idOf, type FixtureWorld } from "./fixture-world";
import type { OrganizationKey } from "./fixture-plan";

/** A value to be sent, and what it would point at. */
export interface Value {
  kind: ValueKind;
  value: string;
  /** Whose it is, for messages. */
  owner: string;
  /** Whether its reader has met the id, as that of a customer that it served once; lists may then tell of that. */
  isFormer?: boolean;
}

/** What there is to send: the reader's own values and everybody else's. */
export class Pools {
  private readonly nameOf: Map<string, string>;
  /** What `foreign` has found before: it is asked for the same values at every argument. */
  private readonly found = new Map<string, Value[]>();

  constructor(
    private readonly world: FixtureWorld,
    private readonly rules: Rules,
    /** Cursors that each organization was given by its lists, by root field. */
    private readonly cursors: Map<string, Record<string, string[]>>,
  ) {
    const keys = [...Object.keys(world.partners), ...Object.keys(world.customers)] as OrganizationKey[];
    this.nameOf = new Map(keys.map((key) => [idOf(world, key), key]));
  }

  /** Values of a kind that an organization may point at itself with, the oldest first. */
  own(organization: OrganizationKey, kind: ValueKind, list = ""): string[] {
    const me = idOf(this.world, organization);
    switch (kind) {
      case "tenant":
        return this.rules
          .idsOf("customer")
          .filter((id) => this.rules.maySee(me, id))
          .map((id) => this.rules.row(id)?.tenantId as string);
      case "token":
        return [organization, undefined].flatMap((whose) =>
          this.world.links.filter(({ onlyFor }) => onlyFor === whose).map(({ token }) => token),
        );
      case "catalog":
        return this.rules.idsOf("offer").map((id) => this.rules.row(id)?.catalogId as string);
      case "cursor":
        // What is no list and takes a cursor begins after an event.
        return this.cursors.get(organization)?.[list] ?? this.cursors.get(organization)?.events ?? [];
      case "text":
        return this.world.canaries.ownedBy(organization).map(({ text }) => text);
      case "partner":
      case "partnership":
      case "user":
      case "customer":
      case "invitation":
      case "relationship":
      case "offer":
      case "subscription":
      case "event":
      case "apiKey":
      case "activity":
      case "webhookEndpoint":
      case "webhookDelivery":
        return this.rules.idsOf(kind).filter((id) => this.rules.maySee(me, id) && id !== me);
    }
  }

  /** Other organizations' values of a kind: of each owner at most so many. */
  foreign(reader: OrganizationKey | undefined, kind: ValueKind, perOwner: number, list = ""): Value[] {
    const key = [reader, kind, perOwner, kind === "cursor" ? list : ""].join();
    const found = this.found.get(key) ?? this.findForeign(reader, kind, perOwner, list);
    this.found.set(key, found);
    return found;
  }

  private findForeign(
    reader: OrganizationKey | undefined,
    kind: ValueKind,
    perOwner: number,
    list: string,
  ): Value[] {
    const me = reader ? idOf(this.world, reader) : "";
    switch (kind) {
      case "token":
        return this.world.links
          .filter(({ onlyFor }) => onlyFor !== undefined && onlyFor !== reader)
          .map(({ token, partner }) => ({ kind, value: token, owner: partner }));
      case "cursor":
        return [...this.cursors].flatMap(([owner, lists]) =>
          Object.entries(lists).flatMap(([name, all]) =>
            few(
              all.filter((value) => this.isForeign(me, value)).map((value) => ({ kind, value, owner })),
              name === list ? perOwner : 1,
            ),
          ),
        );
      case "text":
        return few(
          this.world.canaries
            .hiddenFrom(reader ?? "")
            .map(({ text, owner }) => ({ kind, value: text, owner })),
          perOwner,
        );
      case "tenant":
        return this.tenants(reader, me);
      case "catalog":
        return []; // The catalogue is everybody's.
      case "partner":
      case "partnership":
      case "user":
      case "customer":
      case "invitation":
      case "relationship":
      case "offer":
      case "subscription":
      case "event":
      case "apiKey":
      case "activity":
      case "webhookEndpoint":
      case "webhookDelivery":
        return few(
          this.rules
            .idsOf(kind)
            .filter((id) => !this.rules.maySee(me, id))
            .map((id) => ({
              kind,
              value: id,
              owner: this.nameOf.get(this.rules.ownerOf(id)) ?? "somebody",
              isFormer: this.rules.mayMeet(me, id),
            })),
          perOwner,
        );
    }
  }

  /** A cursor that stands at a row which its reader may see is as good as one of its own list. */
  private isForeign(me: string, cursor: string): boolean {
    const ids = idsIn(Buffer.from(cursor, "base64url").toString("utf8"));
    return ids.length > 0 && ids.every((id) => !this.rules.maySee(me, id));
  }

  private tenants(reader: OrganizationKey | undefined, me: string): Value[] {
    const { partners, customers } = this.world;
    const all = [...Object.entries(partners), ...Object.entries(customers)] as [
      OrganizationKey,
      { id: string; tenantId: string },
    ][];
    return all
      .filter(([key, { id }]) => key !== reader && !(key in customers && this.rules.maySee(me, id)))
      .map(([key, { tenantId }]) => ({ kind: "tenant", value: tenantId, owner: key }));
  }
}

function few(values: Value[], perOwner: number): Value[] {
  const counts = new Map<string, number>();
  return values.filter(({ owner, isFormer }) => {
    const key = `${owner} ${String(isFormer)}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= perOwner;
  });
}

/**
 * A value of the same shape that never existed, as near to the given one as can be: an id made in the same
 * millisecond, a cursor that stands at the same place, a text with a mark that nobody bears.
 */
export function twinOf(kind: ValueKind, value: string): string {
  switch (kind) {
    case "tenant":
      return value.replace(/.{4}$/, (end) => (end === "0000" ? "0001" : "0000"));
    case "token":
      return value.replace(/^.{6}/, (start) => (start === "AAAAAA" ? "BBBBBB" : "AAAAAA"));
    case "cursor":
      return twinOfCursor(value);
    case "text":
      return Marks.twin(value);
    case "partner":
    case "partnership":
    case "user":
    case "customer":
    case "invitation":
    case "relationship":
    case "offer":
    case "subscription":
    case "event":
    case "apiKey":
    case "activity":
    case "webhookEndpoint":
    case "webhookDelivery":
    case "catalog":
      return twinOfId(value);
  }
}

function twinOfId(id: string): string {
  if (!kindOfId(id)) throw new Error(`${id} is no id`);
  return id.replace(/.{3}$/, (end) => (end === "000" ? "001" : "000"));
}

function twinOfCursor(cursor: string): string {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  const [, organizationId, position] = /^(\w+):(\d+):/.exec(text) ?? [];
  // A cursor of events is whole only with its own checksum.
  if (organizationId) return eventCursor(twinOfId(organizationId), Number(position));
  const twin = text.replace(/[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}/g, twinOfId);
  return Buffer.from(twin).toString("base64url");
}
