import { AdminRole } from "../../entities/identity/user";
import { type GraphQLInterfaceType, type GraphQLObjectType, isObjectType, printType } from "graphql";
import { getMetadataStorage } from "type-graphql";
import { eventTypeName } from "../../schema/events/event.interface";
import { newId } from "../../src/context/ids";
import { changesRights, eventCatalogue } from "../../src/events/event-catalogue";
import { allEventTypes, type EventMap, type EventType } from "../../src/events/event-map";
import type { FactMeaning } from "../../src/events/payload-field-docs";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { aPartner } from "../support/builders";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const schema = buildApiSchema();

const invitation = {
  invitationId: newId("invitation"),
  partnerId: newId("partner"),
  partnerName: "Blue Fern",
  providerId: null,
  recipientEmail: "owner@blue.example",
  reusable: false,
};
const customer = { customerId: newId("customer"), companyName: "Blue Fern Bakery", domain: "blue.example" };
const relationship = { relationshipId: newId("relationship"), partnerId: newId("partner"), partnerName: "P" };
const subscription = {
  subscriptionId: newId("subscription"),
  customerId: newId("customer"),
  partnerId: newId("partner"),
  resellerId: newId("partner"),
  offerId: newId("offer"),
  offerName: "Mail",
  quantity: 7,
  status: "ACTIVE",
  termEndsAt: "2027-03-01T23:59:59.999Z",
  autoRenewEnabled: true,
};
const user = {
  userId: newId("user"),
  email: "ann@blue.example",
  displayName: "Ann",
  agentRoles: ["ADMIN_AGENT"],
  adminRoles: ["GLOBAL_ADMIN"],
};
const apiKey = { apiKeyId: "key_1", name: "CRM", permissions: ["event.read"], expiresAt: null };

/** Facts of every type, each fact of its own value; that none is missing or too many is the compiler's business. */
const samples: { [Type in EventType]: EventMap[Type] } = {
  "invitation.sent": invitation,
  "invitation.edited": invitation,
  "invitation.revoked": invitation,
  "invitation.expired": invitation,
  "invitation.declined": { ...invitation, ...customer },
  "invitation.accepted": { ...invitation, ...customer, relationshipIds: [newId("relationship")] },
  "relationship.established": { ...relationship, ...customer, invitationId: newId("invitation") },
  "relationship.removed": { ...relationship, ...customer, invitationId: null },
  "customer.added": { ...customer, partnerId: newId("partner") },
  "customer.updated": { ...customer, partnerId: newId("partner") },
  "subscription.created": subscription,
  "subscription.changed": { ...subscription, previousQuantity: 5 },
  "subscription.suspended": { ...subscription, status: "SUSPENDED" },
  "subscription.reactivated": subscription,
  "subscription.cancelled": { ...subscription, status: "DELETED" },
  "subscription.renewed": subscription,
  "subscription.expired": { ...subscription, status: "EXPIRED" },
  "user.added": user,
  "user.joined": user,
  "user.updated": user,
  "user.deactivated": user,
  "user.reactivated": user,
  "api-key.created": apiKey,
  "api-key.rotated": apiKey,
  "api-key.revoked": apiKey,
  "webhook.disabled": { webhookEndpointId: "hook_1", host: "r.example", description: "d", reason: "GONE" },
};

const HEAD = "id type version position cursor occurredAt actorId requestId".split(" ");

/** The fact behind each of a type's own fields, and what hangs on the event as it is now. */
const fieldOf = (type: EventType) =>
  Object.entries<FactMeaning>(eventCatalogue[type].facts).map(([name, { field }]) => [field ?? name, name]);

function graphqlType(type: EventType): GraphQLObjectType {
  const found = schema.getType(eventTypeName(type));
  if (!isObjectType(found)) throw new Error(`${type} has no GraphQL type`);
  return found;
}

/** Fields that a resolver adds to a type, or to an interface of it: they are read when asked for, and no facts. */
function addedBy(shape: GraphQLObjectType | GraphQLInterfaceType): string[] {
  const names = [shape, ...shape.getInterfaces()].map(({ name }) => name);
  const storage = getMetadataStorage();
  const shapes = [...storage.interfaceTypes, ...storage.objectTypes].filter(({ name }) =>
    names.includes(name),
  );
  return storage.fieldResolvers
    .filter(({ getObjectType }) => shapes.some(({ target }) => getObjectType?.() === target))
    .map(({ schemaName }) => schemaName);
}

describe("the event catalogue", () => {
  it("has a GraphQL type for every event type, whose fields are the head, the facts, and what hangs on it now", () => {
    for (const type of allEventTypes) {
      const shape = graphqlType(type);
      const fields = Object.keys(shape.getFields()).filter((name) => !addedBy(shape).includes(name));
      const told = fieldOf(type).map(([field]) => field);
      expect([type, fields.sort()]).toEqual([type, [...HEAD, ...told].sort()]);
      expect([type, Object.keys(eventCatalogue[type].facts).sort()]).toEqual([
        type,
        Object.keys(samples[type]).sort(),
      ]);
      expect(shape.description).toBe(eventCatalogue[type].meaning);
    }
  });

  it("and the schema know the same events: no GraphQL event is without a type, none of the enum's values either", () => {
    const shapes = Object.values(schema.getTypeMap()).filter(
      (shape) => isObjectType(shape) && shape.getInterfaces().some(({ name }) => name === "Event"),
    );
    expect(shapes.map(({ name }) => name).sort()).toEqual(allEventTypes.map(eventTypeName).sort());
    const types = schema.getType("EventType");
    expect(types && printType(types).match(/^ {2}[A-Z_]+$/gm)).toHaveLength(allEventTypes.length);
  });

  it("says which types change rights: those about users and API keys, and any that is not known", () => {
    const changing = allEventTypes.filter(changesRights);
    expect(changing).toEqual(allEventTypes.filter((type) => /^(user|api-key)\./.test(type)));
    expect(changing.length).toBeGreaterThan(5);
    expect(changesRights("role.granted")).toBe(true);
  });

  it("versions every type with a whole number, and names only events that the real system has", () => {
    const real = new Set(Object.values(eventCatalogue).flatMap(({ realNames }) => realNames));
    for (const { version } of Object.values(eventCatalogue)) expect(version).toBeGreaterThanOrEqual(1);
    expect(Object.values(eventCatalogue).every(({ version }) => Number.isInteger(version))).toBe(true);
    expect([...real].sort()).toEqual([
      "indirect-reseller-relationship-accepted-by-customer",
      "reseller-relationship-accepted-by-customer",
      "subscription-updated",
    ]);
  });
});

describe("an event of every type", () => {
  it("is read back with every fact that was recorded, under the name that the catalogue says, and its version", async () => {
    const testContext = testContextOf(server);
    // A Global admin of the inviting partner, who may read every fact.
    const { actor, partner } = await aPartner(testContext, {}, { admin: [AdminRole.GLOBAL_ADMIN] });
    const factsOf = (type: EventType) =>
      ({ ...samples[type], ...(type.startsWith("invitation.") && { partnerId: partner.id }) }) as never;
    await testContext.system.transaction(async (tx) => {
      for (const type of allEventTypes) tx.record(type, factsOf(type), [partner.id]);
      return Promise.resolve();
    });
    const caller = await callerFor(server, actor);
    for (const type of allEventTypes) {
      const fields = fieldOf(type);
      const part = `... on ${eventTypeName(type)} { ${fields.map(([field]) => field).join(" ")} }`;
      const answer = await caller.ask(`{ events(first: 50) { nodes { type version ${part} } } }`);
      expect(answer.errors).toBeUndefined();
      const [found] = answer.data.events.nodes.filter((node: object) => Object.keys(node).length > 2);
      const read = Object.fromEntries(fields.map(([field = "", name = ""]) => [name, found[field]]));
      const { version } = eventCatalogue[type];
      const head = { type: type.replace(/[.-]/g, "_").toUpperCase(), version };
      expect({ type: found.type, version: found.version, ...read }).toEqual({
        ...head,
        ...(factsOf(type) as object),
      });
    }
  });

  it("bears the customer that its facts name in a column of its own, for those who ask for one customer's events", async () => {
    const testContext = testContextOf(server);
    const { partner } = await aPartner(testContext);
    await testContext.system.transaction(async (tx) => {
      for (const type of allEventTypes) tx.record(type, samples[type], [partner.id]);
      return Promise.resolve();
    });
    const rows = await testContext.database.read((reads) =>
      reads.rows<{ type: EventType; customerId: string | null }>(
        "SELECT type, customerId FROM event WHERE organizationId = ?",
        [partner.id],
      ),
    );
    const told = Object.fromEntries(rows.map(({ type, customerId }) => [type, customerId]));
    for (const type of allEventTypes) {
      const facts = samples[type];
      expect([type, told[type]]).toEqual([type, "customerId" in facts ? facts.customerId : null]);
    }
  });
});
