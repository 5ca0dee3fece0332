import { getIntrospectionQuery, getOperationAST, parse } from "graphql";
import { loadConfig } from "../../src/config/config";
import { excessOf, sizeOf } from "../../src/transport/limits/operation-size";
import {
  ofDepth,
  operationIn,
  schema,
  withAliases,
  withDirectives,
  withFields,
  withSameField,
} from "./operations";
import { cpuTakenMs } from "./cpu-growth";

const { limits } = loadConfig({});

function measure(text: string, name?: string) {
  const { document, operation } = operationIn(text, name);
  return sizeOf(schema, document, operation);
}

describe("the size of an operation", () => {
  it("is counted as it stands", () => {
    expect(measure("{ viewer { kind it: displayName partner { id @skip(if: false) } } }")).toEqual({
      depth: 3,
      aliases: 1,
      fields: 5,
      sameField: 1,
      directives: 1,
      name: "displayName".length,
      text: 0,
      introspects: false,
    });
  });

  it("counts a fragment wherever it is spread, with all that is in it", () => {
    const text = `{ viewer { partner { ...P } customer { relationships { partner { ...P @include(if: true) } } } } }
      fragment P on Partner { ...Q id: id domain } fragment Q on Partner { called: name @skip(if: false) }`;
    expect(measure(text)).toMatchObject({ depth: 5, aliases: 4, fields: 11, sameField: 1, directives: 3 });
  });

  it("counts directives of the operation and of its variables", () => {
    // No directive of this schema may stand there; one that may shall count.
    const document = parse("query ($yes: Boolean! @a) @b @c { viewer { kind @include(if: $yes) } }");
    const operation = getOperationAST(document);
    if (!operation) throw new Error("there is one");
    expect(sizeOf(schema, document, operation).directives).toBe(4);
  });

  it("counts one field in one place through fragments, under whatever alias, but not across types", () => {
    const text = `{ viewer { ...A ...A a: kind kind partner { id } customer { id } } }
      fragment A on Viewer { kind ... { kind } ... on Viewer { b: kind } }`;
    expect(measure(text).sameField).toBe(8);
    const perType = `{ events { nodes { id
      ... on InvitationSentEvent { invitationId } ... on InvitationEditedEvent { invitationId }
      ... on InvitationRevokedEvent { invitationId } } } }`;
    expect(measure(perType).sameField).toBe(1);
  });

  it("takes only the operation that is asked for, and its fragments", () => {
    const text = `query Small { viewer { kind } } query Large { viewer { ...P } }
      fragment P on Viewer { kind email displayName }`;
    expect(measure(text, "Small").fields).toBe(2);
    expect(measure(text, "Large").fields).toBe(4);
  });

  it.each([
    "{ __schema { queryType { name } } }",
    '{ viewer { kind } ... { __type(name: "Query") { name } } }',
  ])("knows that %s asks what the schema is", (text) => expect(measure(text).introspects).toBe(true));

  it("is no more than is allowed for the introspection query of every tool", () => {
    const text = getIntrospectionQuery({
      inputValueDeprecation: true,
      specifiedByUrl: true,
      oneOf: true,
      schemaDescription: true,
      directiveIsRepeatable: true,
    });
    expect(excessOf(measure(text), limits)).toBeUndefined();
  });
});

describe("a limit", () => {
  it.each([
    ["depth", limits.depth, ofDepth],
    ["aliases", limits.aliases, withAliases],
    ["fields", limits.fields, withFields],
    ["sameField", limits.sameField, withSameField],
    ["directives", limits.directives, withDirectives],
  ] as const)("on %s lets %i pass and stops one more", (limit, maximum, make) => {
    expect(excessOf(measure(make(maximum)), limits)).toBeUndefined();
    expect(excessOf(measure(make(maximum + 1)), limits)).toEqual({ limit, maximum, found: maximum + 1 });
  });

  it("stops fragments that double ten times ten, at once", () => {
    const doubling = Array.from({ length: 99 }, (_, at) => {
      const half = `relationships { customer { ...F${at + 1} } }`;
      return `fragment F${at} on Customer { a: ${half} b: ${half} }`;
    });
    const text = `{ viewer { customer { ...F0 } } } ${doubling.join(" ")} fragment F99 on Customer { id }`;
    const startedAt = cpuTakenMs();
    const size = measure(text);
    expect(cpuTakenMs() - startedAt).toBeLessThan(1_000);
    expect(size).toMatchObject({ fields: Number.MAX_SAFE_INTEGER, aliases: Number.MAX_SAFE_INTEGER });
    expect(size.depth).toBe(2 + 99 * 2 + 1);
  });
});
