import {
  buildSchema,
  getIntrospectionQuery,
  getNamedType,
  type GraphQLField,
  graphqlSync,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { ErrorCode } from "../../schema/errors/error-code.enum";
import { buildApiSchema, permissionOf, rootFields } from "../../src/transport/graphql/schema";

const ours = buildApiSchema();

/** Every type of ours, with its fields, arguments, input fields and enum values, by path. */
function parts(schema: GraphQLSchema): { path: string; description?: string | null }[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap((type) => {
      const own = { path: type.name, description: isRoot(schema, type.name) ? "a root" : type.description };
      const within = (part: { name: string; description?: string | null }, above = type.name) => ({
        path: `${above}.${part.name}`,
        description: part.description,
      });
      if (isEnumType(type)) return [own, ...type.getValues().map((value) => within(value))];
      if (isInputObjectType(type))
        return [own, ...Object.values(type.getFields()).map((field) => within(field))];
      if (!isObjectType(type) && !isInterfaceType(type)) return [own];
      const fields = Object.values(type.getFields()).flatMap((field) => [
        within(field),
        ...field.args.map((argument) => within(argument, `${type.name}.${field.name}`)),
      ]);
      return [own, ...fields];
    });
}

function isRoot(schema: GraphQLSchema, name: string): boolean {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.some((root) => root?.name === name);
}

const undescribed = (schema: GraphQLSchema) =>
  parts(schema)
    .filter(({ description }) => !description?.trim())
    .map(({ path }) => path);

type Root = GraphQLField<unknown, unknown>;

const unguarded = (schema: GraphQLSchema) =>
  rootFields(schema)
    .filter((field) => permissionOf(field) === undefined)
    .map(({ name }) => name);

const silentAboutPermission = (schema: GraphQLSchema) =>
  rootFields(schema)
    .filter((field) => !field.description?.includes(`Permission \`${permissionOf(field)}\`: `))
    .map(({ name }) => name);

/** The words after "Code:" or "Codes:" up to the sentence's end. */
const codesIn = (field: Root): string[] =>
  [
    ...(/\bCodes?: ([^.]*)\./.exec(field.description ?? "")?.[1] ?? "").matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g),
  ].map(([code]) => code);

const unknownCodes = (schema: GraphQLSchema) =>
  rootFields(schema).flatMap((field) =>
    codesIn(field)
      .filter((code) => !(code in ErrorCode))
      .map((code) => `${field.name}: ${code}`),
  );

const mutationsOf = (schema: GraphQLSchema) => Object.values(schema.getMutationType()?.getFields() ?? {});

/** Mutations that take an idempotency key and do not say what can be wrong with it. */
const silentAboutKeys = (schema: GraphQLSchema) =>
  mutationsOf(schema)
    .filter(({ args }) => {
      const input = getNamedType(args[0]?.type);
      return isInputObjectType(input) && "idempotencyKey" in input.getFields();
    })
    .filter(
      (field) => !["FIELD_INVALID", "IDEMPOTENCY_KEY_REUSED"].every((code) => codesIn(field).includes(code)),
    )
    .map(({ name }) => name);

/** What is not as every mutation is: one `input`, a payload of its own with userErrors, nullable. */
function mutationOddities(schema: GraphQLSchema): string[] {
  return mutationsOf(schema).flatMap((field) => {
    const pascal = field.name[0]?.toUpperCase() + field.name.slice(1);
    const payload = getNamedType(field.type);
    const userErrors = isObjectType(payload) ? payload.getFields().userErrors : undefined;
    const argumentsAre = field.args.map(({ name, type }) => `${name}: ${String(type)}`).join();
    const rules: [boolean, string][] = [
      [argumentsAre === `input: ${pascal}Input!`, `takes (${argumentsAre})`],
      [payload.name === `${pascal}Payload`, `gives ${payload.name}`],
      [!isNonNullType(field.type), "erases the other mutations' results when it fails"],
      [String(userErrors?.type) === "[UserError!]!", "has no userErrors"],
    ];
    return rules.filter(([holds]) => !holds).map(([, problem]) => `${field.name} ${problem}`);
  });
}

/** Names in the schema that are not written as their kind is. */
function oddNames(schema: GraphQLSchema): string[] {
  return parts(schema)
    .map(({ path }) => path)
    .filter((path) => {
      const [type = "", ...rest] = path.split(".");
      if (!/^[A-Z][A-Za-z0-9]*$/.test(type)) return true;
      const pattern = isEnumType(schema.getType(type))
        ? /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/
        : /^[a-z][A-Za-z0-9]*$/;
      return !rest.every((name) => pattern.test(name));
    });
}

/** Live fields and event types that do not bear what every event has. */
function oddEvents(schema: GraphQLSchema): string[] {
  const event = schema.getType("Event");
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const byName = types.filter(({ name }) => name.endsWith("Event"));
  return byName
    .filter((type) => !isInterfaceType(event) || !type.getInterfaces().includes(event))
    .map(({ name }) => name);
}

describe("the schema", () => {
  it("is a valid one, and answers every question about itself: a start does not ask again", () => {
    expect(graphqlSync({ schema: ours, source: getIntrospectionQuery() }).errors).toBeUndefined();
  });
});

describe("the schema", () => {
  it("describes every type, field, argument, input field and enum value", () => {
    expect(undescribed(ours)).toEqual([]);
    expect(parts(ours).length).toBeGreaterThan(300);
  });

  it("guards every root field by a permission, and says so in its description", () => {
    expect(unguarded(ours)).toEqual([]);
    expect(silentAboutPermission(ours)).toEqual([]);
    expect(rootFields(ours).length).toBeGreaterThan(20);
  });

  it("names only error codes that there are", () => {
    expect(unknownCodes(ours)).toEqual([]);
  });

  it("names at least one error code at every mutation and every live field", () => {
    const live = Object.values(ours.getSubscriptionType()?.getFields() ?? {});
    expect([...mutationsOf(ours), ...live].filter((field) => codesIn(field).length === 0)).toEqual([]);
  });

  it("names the codes of idempotency keys at every mutation that takes one", () => {
    expect(silentAboutKeys(ours)).toEqual([]);
  });

  it("has mutations of one shape: one input, a payload of its own with userErrors, nullable", () => {
    expect(mutationOddities(ours)).toEqual([]);
  });

  it("writes types in PascalCase, fields in camelCase and enum values in SCREAMING_CASE", () => {
    expect(oddNames(ours)).toEqual([]);
  });

  it("has only event types that implement Event, and one for each event that is recorded", () => {
    expect(oddEvents(ours)).toEqual([]);
    const event = ours.getType("Event");
    if (!isInterfaceType(event)) throw new Error("Event is no interface");
    expect(Object.keys(event.getFields())).toEqual(
      expect.arrayContaining(["id", "position", "cursor", "type", "occurredAt"]),
    );
    const kinds = ours.getType("EventType");
    const implementers = ours.getPossibleTypes(event).map(({ name }) => name);
    expect(isEnumType(kinds) && kinds.getValues()).toHaveLength(implementers.length);
  });
});

describe("the checks on the schema", () => {
  const bad = buildSchema(`
    "Told." type Query { "Told." told: Int silent("Told." a: Int, b: Int): Mood }
    type Mutation { "Codes: FIELD_INVALID, MADE_UP. And NOT_A_CODE." removeThing(id: ID!): Removed! }
    type Removed { Odd_name: Int }
    "Told." enum Mood { "Told." GOOD veryBad }
    "Told." input ThingInput { name: String }
    "Told." interface Event { "Told." id: ID! }
    "Told." type ThingRemovedEvent { "Told." id: ID! }
    "Told." type ThingAddedEvent implements Event { "Told." id: ID! }`);

  it("find what is not described", () => {
    expect(undescribed(bad)).toEqual([
      "Query.silent",
      "Query.silent.b",
      "Mutation.removeThing.id",
      "Removed",
      "Removed.Odd_name",
      "Mood.veryBad",
      "ThingInput.name",
    ]);
  });

  it("find a root field without a permission", () => {
    expect(unguarded(bad)).toEqual(["told", "silent", "removeThing"]);
    expect(silentAboutPermission(bad)).toEqual(["told", "silent", "removeThing"]);
  });

  it("find a code that there is not, and take no other capitals for one", () => {
    expect(unknownCodes(bad)).toEqual(["removeThing: MADE_UP"]);
  });

  it("find a mutation that is silent about its idempotency key", () => {
    const keyed = buildSchema(`type Query { q: Int } input ThingInput { idempotencyKey: String }
      type Mutation { "Codes: FIELD_INVALID." doThing(input: ThingInput!): Int }`);
    expect(silentAboutKeys(keyed)).toEqual(["doThing"]);
  });

  it("find a mutation of another shape", () => {
    expect(mutationOddities(bad)).toEqual([
      "removeThing takes (id: ID!)",
      "removeThing gives Removed",
      "removeThing erases the other mutations' results when it fails",
      "removeThing has no userErrors",
    ]);
  });

  it("find names that are written in another way", () => {
    expect(oddNames(bad)).toEqual(["Removed.Odd_name", "Mood.veryBad"]);
  });

  it("find an event that is not one", () => {
    expect(oddEvents(bad)).toEqual(["ThingRemovedEvent"]);
  });
});
