import { Customer } from "../../entities/customers/customer";
import { AdminRole } from "../../entities/identity/user";
import { type GraphQLInterfaceType, type GraphQLObjectType, isObjectType, printType } from "graphql";
import { getMetadataStorage } from "type-graphql";
import { eventTypeName } from "../../schema/events/event.interface";
import { newId } from "../../src/values/ids";
import type { PayloadField } from "../../src/events/catalogue/event-definition";
import { changesRights, eventCatalogue } from "../../src/events/event-catalogue";
import { allEventTypes, type EventType } from "../../src/events/event-map";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { aPartner } from "../support/builders";
import { startTestServer, type TestServer } from "../support/test-server";
import { recordFor } from "../support/record-for";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const schema = buildApiSchema();

/** A payload with a value of its own in each field; organizations are none that there is. */
function sampleOf(type: EventType): Record<string, unknown> {
  const fields = Object.entries<PayloadField>(eventCatalogue[type].payload);
  return Object.fromEntries(
    fields.map(([name, field]) => [name, field.list ? [valueOf(name, field)] : valueOf(name, field)]),
  );
}

function valueOf(name: string, { type }: PayloadField): unknown {
  switch (type) {
    case "ID":
      return name === "customerId" ? newId(Customer) : `id of ${name}`;
    case "String":
      return `text of ${name}`;
    case "Int":
      return name.length;
    case "Boolean":
      return true;
    case "DateTime":
      return "2027-03-01T23:59:59.999Z";
    default:
      return Object.values(type).at(-1);
  }
}

const samples = Object.fromEntries(allEventTypes.map((type) => [type, sampleOf(type)])) as Record<
  EventType,
  Record<string, unknown>
>;

const HEAD = "id type version position cursor occurredAt actorId requestId".split(" ");

/** The name in the schema of each field of a type's payload, with its own name. */
const fieldsOf = (type: EventType): [graphqlName: string, name: string][] =>
  Object.entries<PayloadField>(eventCatalogue[type].payload).map(([name, { graphqlName = name }]) => [
    graphqlName,
    name,
  ]);

function graphqlType(type: EventType): GraphQLObjectType {
  const found = schema.getType(eventTypeName(type));
  if (!isObjectType(found)) throw new Error(`${type} has no GraphQL type`);
  return found;
}

/** Fields that a resolver adds to a type, or to an interface of it: they are read when asked for, and are not in its payload. */
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
  it("has a GraphQL type for every event type, whose fields are the head, the payload, and what the event refers to", () => {
    for (const type of allEventTypes) {
      const shape = graphqlType(type);
      const fields = Object.keys(shape.getFields()).filter((name) => !addedBy(shape).includes(name));
      const payload = fieldsOf(type).map(([field]) => field);
      expect([type, fields.sort()]).toEqual([type, [...HEAD, ...payload].sort()]);
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
  it("is read back with every field that was recorded, under the name that the catalogue says, and its version", async () => {
    const testContext = testContextOf(server);
    // A Global admin of the inviting partner, who may read every field.
    const { actor, partner } = await aPartner(testContext, {}, { admin: [AdminRole.GLOBAL_ADMIN] });
    const payloadOf = (type: EventType) => {
      const readers = Object.values<PayloadField>(eventCatalogue[type].payload).flatMap(
        ({ onlyFor }) => onlyFor ?? [],
      );
      return { ...samples[type], ...Object.fromEntries(readers.map((name) => [name, partner.id])) };
    };
    await testContext.system.transaction(async (tx) => {
      for (const type of allEventTypes) recordFor(tx, type, payloadOf(type) as never, [partner.id]);
      return Promise.resolve();
    });
    const caller = await callerFor(server, actor);
    for (const type of allEventTypes) {
      const fields = fieldsOf(type);
      const part = `... on ${eventTypeName(type)} { ${fields.map(([field]) => field).join(" ")} }`;
      const answer = await caller.ask(`{ events(first: 50) { nodes { type version ${part} } } }`);
      expect(answer.errors).toBeUndefined();
      const [found] = answer.data.events.nodes.filter((node: object) => Object.keys(node).length > 2);
      const read = Object.fromEntries(fields.map(([field, name]) => [name, found[field]]));
      const { version } = eventCatalogue[type];
      const head = { type: type.replace(/[.-]/g, "_").toUpperCase(), version };
      expect({ type: found.type, version: found.version, ...read }).toEqual({
        ...head,
        ...payloadOf(type),
      });
    }
  });

  it("has the customer that its payload names in a column of its own, for those who ask for one customer's events", async () => {
    const testContext = testContextOf(server);
    const { partner } = await aPartner(testContext);
    await testContext.system.transaction(async (tx) => {
      for (const type of allEventTypes) recordFor(tx, type, samples[type] as never, [partner.id]);
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
      expect([type, told[type]]).toEqual([type, samples[type].customerId ?? null]);
    }
  });
});
