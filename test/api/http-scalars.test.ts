import { isScalarType, isSpecifiedScalarType } from "graphql";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
let ask: Awaited<ReturnType<TestServer["as"]>>["ask"];
beforeAll(async () => {
  server = await startTestServer();
  ({ ask } = await server.as("direct-admin"));
});
afterAll(() => server.stop());

const RULE = "A DateTime must name a day that exists: that month has 28 days.";
const BAD = "2027-02-30T00:00:00Z";

/** The same request as the first of its text, which graphql-js executes, and later, when it is prepared. */
async function refusalsOf(document: string, variables?: object): Promise<string[]> {
  const answers = [];
  for (let time = 0; time < 4; time++) answers.push(await ask(document, variables));
  const told = answers.map(({ data, errors }) => {
    expect(data ?? null).toBeNull();
    return (errors ?? []).map(({ message, extensions: { code, kind } }) => ({ message, code, kind }));
  });
  for (const later of told) expect(later).toEqual(told[0]);
  return (told[0] ?? []).map(({ message, code }) => {
    expect(code).toBe("BAD_REQUEST");
    return message;
  });
}

it("is about every scalar of the API", () => {
  const scalars = Object.values(buildApiSchema().getTypeMap()).filter(isScalarType);
  expect(scalars.filter((type) => !isSpecifiedScalarType(type)).map(({ name }) => name)).toEqual([
    "DateTime",
  ]);
});

describe("a refused DateTime names its place and the rule, new or repeated", () => {
  const CREATE = "userErrors { code }";

  it.each([
    [
      "an argument",
      `{ activityLog(from: "${BAD}") { totalCount } }`,
      'Argument "from" of "activityLog" has an invalid value',
    ],
    [
      "a field of an input",
      `mutation { createApiKey(input: { name: "x", permissions: ["viewer.read", "a"], # why
        expiresAt: "${BAD}" }) { ${CREATE} } }`,
      'Argument "input" of "createApiKey" has an invalid value at "input.expiresAt"',
    ],
    [
      "a default value",
      `query ($f: DateTime = "${BAD}") { activityLog(from: $f) { totalCount } }`,
      'Variable "$f" has an invalid default value',
    ],
  ])("as a literal: %s", async (_what, document, place) =>
    expect(await refusalsOf(document)).toEqual([`${place}; ${RULE}`]),
  );

  it.each([
    [
      "a variable",
      "query ($f: DateTime) { activityLog(from: $f) { totalCount } }",
      { f: BAD },
      'Variable "$f" got an invalid value',
    ],
    [
      "a field of a variable",
      `mutation ($i: CreateApiKeyInput!) { createApiKey(input: $i) { ${CREATE} } }`,
      { i: { name: "x", permissions: ["viewer.read"], expiresAt: BAD } },
      'Variable "$i" got an invalid value at "i.expiresAt"',
    ],
    [
      "a variable within a literal",
      `mutation ($e: DateTime) { createApiKey(input: { name: "x", permissions: [], expiresAt: $e }) { ${CREATE} } }`,
      { e: BAD },
      'Variable "$e" got an invalid value',
    ],
  ])("as %s", async (_what, document, variables, place) =>
    expect(await refusalsOf(document, variables)).toEqual([`${place}; ${RULE}`]),
  );

  it("whatever its type is", async () => {
    const document = "query ($f: DateTime) { activityLog(from: $f) { totalCount } }";
    for (const f of [5, true, { a: 'A DateTime must "' }, ["x"], 'a "; A DateTime must be "', "\n"])
      expect(await refusalsOf(document, { f })).toEqual([
        expect.stringMatching(/^Variable "\$f" got an invalid value; A DateTime must be RFC 3339 text/),
      ]);
  });
});

it("takes offsets and digits as .NET, Java and Go write them, and gives the instant in UTC", async () => {
  const expiresAt = "2030-01-01T05:30:00.0159088+05:30";
  const create = (value: string, variables?: object) =>
    ask(
      `mutation ${variables ? "($e: DateTime)" : ""} { createApiKey(input: { name: "x", permissions: ["viewer.read"], expiresAt: ${value} })
        { apiKey { expiresAt } userErrors { code message } } }`,
      variables,
    );
  for (const answer of [await create(`"${expiresAt}"`), await create("$e", { e: expiresAt })])
    expect(answer.data.createApiKey).toEqual({
      apiKey: { expiresAt: "2030-01-01T00:00:00.015Z" },
      userErrors: [],
    });
});
