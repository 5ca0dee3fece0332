import { parse, print } from "graphql";
import { sharedForm } from "../../src/transport/graphql/normalized-subscription";
import { buildApiSchema } from "../../src/transport/graphql/schema";

const schema = buildApiSchema();
const formOf = (text: string, variableValues: Record<string, unknown> = {}, operationName?: string) =>
  sharedForm({ schema, document: parse(text), variableValues, operationName });

describe("what listeners share", () => {
  it("is the operation without its place in the stream, given as a variable or as a literal", () => {
    const given = formOf("subscription ($after: String) { events(after: $after) { id } }", { after: "x" });
    const other = formOf("subscription ($after: String) { events(after: $after) { id } }", { after: "y" });
    const literal = formOf('subscription { events(after: "z") { id } }');
    const none = formOf("subscription { events { id } }");
    for (const form of [given, other, literal, none]) {
      expect(form.key).toBe(none.key);
      expect(print(form.document)).toBe("subscription {\n  events {\n    id\n  }\n}");
      expect(form.variables).toEqual({});
    }
  });

  it("keeps every other argument and variable, and tells their values apart", () => {
    const text =
      "subscription ($after: String, $types: [EventType!]) { events(after: $after, types: $types) { id } }";
    const [one, same, other, absent] = [["USER_ADDED"], ["USER_ADDED"], ["USER_JOINED"], undefined].map(
      (types, n) => formOf(text, { after: `${n}`, ...(types && { types }) }),
    );
    expect(one?.variables).toEqual({ types: ["USER_ADDED"] });
    expect(one?.key).toBe(same?.key);
    expect(new Set([one, other, absent].map((form) => form?.key)).size).toBe(3);
    expect(formOf(text, { types: null }).key).not.toBe(absent?.key);
  });

  it("keeps a variable of the place that is used elsewhere too", () => {
    const text =
      "subscription ($x: String, $no: Boolean = false) { events(after: $x) { id type @include(if: $no) } }";
    expect(formOf(text, { x: "1", no: true }).variables).toEqual({ no: true });
    expect(formOf(text, { x: "1", no: true }).key).not.toBe(formOf(text, { x: "1" }).key);
  });

  it("finds the place behind a fragment, and takes the operation that is named", () => {
    const text = `subscription A($after: String) { ...Root } subscription B { relationshipRemoved { id } }
      fragment Root on Subscription { ... { events(after: $after) { id } } }`;
    const form = formOf(text, { after: "1" }, "A");
    expect(print(form.document)).not.toMatch(/after|relationshipRemoved/);
    expect(form.variables).toEqual({});
  });

  it("is made of facts only as long as nothing hangs on the event", () => {
    expect(formOf("subscription { events { id ... on CustomerEvent { domain } } }").tellsFactsOnly).toBe(
      true,
    );
    const linked = "subscription { events { id ... on CustomerEvent { customer { id } } } }";
    expect(formOf(linked).tellsFactsOnly).toBe(false);
  });
});
