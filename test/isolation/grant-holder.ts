import { getNamedType, isObjectType } from "graphql";
import type { EventType } from "../../src/events/event-map";
import { isPerCustomer } from "../../src/access/grant";
import { allPermissions, type Permission } from "../../src/access/permissions";
import type { Instant } from "../../src/values/instant";
import { kindOfId } from "../support/id-kinds";
import { replaceGrants } from "../../src/database/customer-grants";
import { allRootFields, type RootField } from "./documents";
import type { CustomerKey } from "./fixture-plan";
import type { IsolationHarness } from "./harness";
import { personOf } from "./people";
import { idsIn, takeSnapshot } from "./snapshot";

/** The partner of the one who has nothing but grants on single customers. It has other customers too. */
export const HOLDERS_PARTNER = "directB";

/** What a grant can be for: every permission that can be limited to a customer. */
export const grantable: readonly Permission[] = allPermissions.filter(isPerCustomer);

/** The row that all grants of the tests follow from: it stands for an access assignment. */
const SOURCE = "test_assignment";

/** Somebody without a role, what it is granted, and what it may come across by that. */
export class GrantHolder {
  private constructor(
    private readonly harness: IsolationHarness,
    readonly bearer: string,
    readonly userId: string,
    readonly partnerId: string,
  ) {}

  /** Signs in as the partner's user without a role. */
  static async signIn(harness: IsolationHarness): Promise<GrantHolder> {
    const { actor, subject } = personOf(harness.world, HOLDERS_PARTNER, "nobody");
    const bearer = await harness.server.running.developmentIssuer?.sign(subject, 3_000);
    if (bearer === undefined || actor.kind !== "PARTNER_USER") throw new Error("nobody can sign in");
    return new GrantHolder(harness, bearer, actor.userId, actor.partnerId);
  }

  /** Grants everything that can be granted on these customers, and nothing on others, until an instant. */
  async grant(customers: readonly CustomerKey[], until?: Instant): Promise<void> {
    const { world } = this.harness;
    const holderId = this.userId;
    const grants = customers.flatMap((key) =>
      grantable.map((permission) => ({
        ...{ holderId, permission, customerId: world.customers[key].id },
        ...(until !== undefined && { until }),
      })),
    );
    await world.testContext.system.transaction((tx) => replaceGrants(tx, SOURCE, grants));
  }

  /** Records an event again, as one about a customer, in the partner's stream. */
  async recordAgain(type: EventType, customer: CustomerKey): Promise<void> {
    const { world, server } = this.harness;
    const rows = (await takeSnapshot(server.running.services.database)).get("event") ?? [];
    const customerId = world.customers[customer].id;
    const likely = rows.filter((row) => row.type === type && row.organizationId === this.partnerId);
    const like = likely.find((row) => row.customerId === customerId) ?? likely[0];
    const about = { ...(JSON.parse((like?.facts ?? "{}") as string) as object), customerId } as never;
    await world.testContext.system.transaction((tx) => {
      tx.record(type, about);
      return Promise.resolve();
    });
  }

  /** Whether a row is about one of these customers. */
  isAbout(id: string, customers: readonly CustomerKey[]): boolean {
    const { rules, world } = this.harness;
    const customerId = kindOfId(id) === "customer" ? id : rules.row(id)?.customerId;
    return customers.some((key) => world.customers[key].id === customerId);
  }

  /** Rows in an answer that are about another customer, or about none though their kind names one. */
  idsOfOthersIn(text: string, customers: readonly CustomerKey[]): string[] {
    return [...new Set(idsIn(text))].filter(
      (id) =>
        this.harness.rules.knows(id) &&
        NAMING_CUSTOMERS.has(kindOfId(id) ?? "") &&
        !this.isAbout(id, customers),
    );
  }
}

/** The kinds of rows that are about a customer. */
const NAMING_CUSTOMERS = new Set<string>([
  ...["customer", "invitation", "relationship", "subscription"],
  ...["event", "activity"],
]);

/** The root fields that give a page of a list. */
export const lists: readonly RootField[] = allRootFields.filter(
  ({ isList, operation }) => isList && operation === "query",
);

/** The names of the fields of a list's rows. */
export function fieldsOfRows({ type }: RootField): string[] {
  const connection = getNamedType(type);
  if (!isObjectType(connection)) return [];
  const rows = getNamedType(connection.getFields().nodes?.type);
  return "getFields" in rows ? Object.keys(rows.getFields()) : [];
}
