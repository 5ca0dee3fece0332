import { buildSchema, GraphQLError, type GraphQLSchema, parse, validate } from "graphql";
import { placeOfLiteral } from "../../schema/literal-place";

const schema: GraphQLSchema = buildSchema(`
  scalar S
  input Inner { at: S many: [S!] inner: Inner }
  input Outer { list: [[Inner!]] }
  type Query { f(a: S, b: Outer, c: [S], d: Inner): Int }
  directive @x(s: S) on FIELD
`);
const scalar = schema.getType("S") as unknown as { parseLiteral: (node: never) => string };
scalar.parseLiteral = (node: { value?: string }) => {
  if (node.value !== "bad") return "";
  throw new GraphQLError(placeOfLiteral(node as never) ?? "nowhere");
};

const placesIn = (text: string) => validate(schema, parse(text)).map(({ message }) => message);

it.each([
  ['{ other: f(a: "bad") }', 'Argument "a" of "f" has an invalid value'],
  ['{ f(a: "", c: ["x" "bad"]) }', 'Argument "c" of "f" has an invalid value at "c[1]"'],
  [
    '{ f(b: { list: [[], [{ at: "(" }, { many: ["x", "bad"], at: "}" }]] }) }',
    'Argument "b" of "f" has an invalid value at "b.list[1][1].many[1]"',
  ],
  [
    '{ f(d: { inner: { many: [] # a comment: "x"\n inner: { at: """bad""" } } }) }',
    'Argument "d" of "f" has an invalid value at "d.inner.inner.at"',
  ],
  ['query ($v: S = "bad") { f(a: $v) }', 'Variable "$v" has an invalid default value'],
  [
    'query ($w: Int, $v: [S!]! = ["a", "bad"]) { f(c: $v) }',
    'Variable "$v" has an invalid default value at "[1]"',
  ],
  ['query ($v: S) { f(c: [$v, "bad"]) }', 'Argument "c" of "f" has an invalid value at "c[1]"'],
  ['{ f @x(s: "bad") }', 'Argument "s" of "x" has an invalid value'],
])("%s: %s", (text, place) => expect(placesIn(text)).toContain(place));
