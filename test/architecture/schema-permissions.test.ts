import {
  type GraphQLField,
  type GraphQLInputType,
  graphql,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  subscribe,
  getNamedType,
  parse,
} from "graphql";
import { generalErrors } from "../../src/errors/general.errors";
import { buildApiSchema } from "../../src/transport/graphql/schema";

const schema = buildApiSchema();

/** Any text that the type takes. */
function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return "[]";
  if (isEnumType(type)) return type.getValues()[0]?.name ?? "";
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
    return `{ ${required.map((field) => `${field.name}: ${literal(field.type)}`).join(" ")} }`;
  }
  return type.name === "String" || type.name === "ID" ? '"x"' : type.name === "Boolean" ? "true" : "1";
}

function callOf(field: GraphQLField<unknown, unknown>): string {
  const given = field.args.filter(({ type }) => isNonNullType(type));
  const args = given.map(({ name, type }) => `${name}: ${literal(type)}`).join(" ");
  const selection = isLeafType(getNamedType(field.type)) ? "" : "{ __typename }";
  return `${field.name}${args && `(${args})`} ${selection}`;
}

/** A request of nobody. Touching anything but who the caller is would throw something else. */
const nobody = {
  get actor(): never {
    throw generalErrors.TOKEN_MISSING("Sign in first.");
  },
  refresh: () => Promise.resolve(),
};

const fieldsOf = (root: "Query" | "Mutation" | "Subscription") => {
  const type = schema.getType(root);
  return isObjectType(type) ? Object.values(type.getFields()) : [];
};

const ANSWERS = { errors: [expect.objectContaining({ message: "Sign in first." })] };

describe("the door of every root field", () => {
  it.each(fieldsOf("Query").map((field) => [field.name, field] as const))(
    "%s, a query, is closed to a caller who is not signed in",
    async (_, field) => {
      const answer = await graphql({ schema, source: `{ ${callOf(field)} }`, contextValue: nobody });
      expect(answer).toMatchObject(ANSWERS);
    },
  );

  it.each(fieldsOf("Mutation").map((field) => [field.name, field] as const))(
    "%s, a mutation, is closed to a caller who is not signed in, and says so at the top level",
    async (_, field) => {
      const answer = await graphql({ schema, source: `mutation { ${callOf(field)} }`, contextValue: nobody });
      expect(answer).toMatchObject({ ...ANSWERS, data: { [field.name]: null } });
    },
  );

  it.each(fieldsOf("Subscription").map((field) => [field.name, field] as const))(
    "%s, a live field, is closed to a caller who is not signed in before it begins",
    async (_, field) => {
      const document = parse(`subscription { ${callOf(field)} }`);
      expect(await subscribe({ schema, document, contextValue: nobody })).toMatchObject(ANSWERS);
    },
  );

  it("is tried at every one of them", () => {
    expect(fieldsOf("Query").length).toBeGreaterThanOrEqual(10);
    expect(fieldsOf("Mutation").length).toBeGreaterThanOrEqual(11);
    expect(fieldsOf("Subscription").length).toBeGreaterThanOrEqual(3);
  });
});
