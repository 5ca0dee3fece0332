import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** The first error's message, after making sure that nothing of the answer shows the secret. */
async function refusal(query: string, variables: object = {}): Promise<string> {
  const answer = await (await server.as("direct-agent")).ask(query, variables);
  expect(JSON.stringify(answer)).not.toContain("s3cret");
  expect(answer.data).toBeUndefined();
  for (const { extensions } of answer.errors ?? [])
    expect(extensions).toMatchObject({ code: "BAD_REQUEST", kind: "INVALID", requestId: expect.any(String) });
  return answer.errors?.[0]?.message ?? "";
}

const BY_FIRST = "query ($first: Int) { customers(first: $first) { totalCount } }";
const INVITE = "mutation ($input: InviteCustomerInput!) { inviteCustomer(input: $input) { link } }";
const STATUS = "query ($status: SubscriptionStatus) { subscriptions(status: $status) { totalCount } }";

describe("a value of the wrong type is not shown again, only what it should be", () => {
  it.each([
    [
      "text for a number",
      BY_FIRST,
      { first: "s3cret" },
      'Variable "$first" got an invalid value; Int cannot represent non-integer value.',
    ],
    [
      "an object for text",
      INVITE,
      { input: { recipientEmail: { a: "s3cret" } } },
      'Variable "$input" got an invalid value at "input.recipientEmail"; String cannot represent a non string value.',
    ],
    [
      "an unknown field",
      INVITE,
      { input: { recipientEmail: "s3cret", recipent: "s3cret" } },
      expect.stringMatching(
        /^Variable "\$input" got an invalid value; Field "recipent" is not defined by type "InviteCustomerInput"\./,
      ),
    ],
    [
      "an unknown enum value",
      STATUS,
      { status: "s3cret" },
      'Variable "$status" got an invalid value; The value does not exist in "SubscriptionStatus" enum. Did you mean one of PENDING, ACTIVE, SUSPENDED, EXPIRED, DISABLED, DELETED?',
    ],
    [
      "an enum value with quotes",
      STATUS,
      { status: 's3cret" at "x"; s3cret' },
      'Variable "$status" got an invalid value; The value does not exist in "SubscriptionStatus" enum. Did you mean one of PENDING, ACTIVE, SUSPENDED, EXPIRED, DISABLED, DELETED?',
    ],
    [
      "a list for an object",
      INVITE,
      { input: ["s3cret"] },
      expect.stringContaining('Variable "$input" got an invalid value'),
    ],
    [
      "text for an object",
      INVITE,
      { input: "s3cret" },
      'Variable "$input" got an invalid value; Expected type "InviteCustomerInput" to be an object.',
    ],
  ] as [string, string, object, unknown][])("in a variable: %s", async (_, query, variables, message) => {
    expect(await refusal(query, variables)).toEqual(message);
  });

  it.each([
    [
      "text for a number",
      '{ customers(first: "s3cret") { totalCount } }',
      "Int cannot represent non-integer value.",
    ],
    [
      "text for an enum",
      '{ subscriptions(status: "s3cret") { totalCount } }',
      'Enum "SubscriptionStatus" cannot represent non-enum value. Did you mean one of PENDING, ACTIVE, SUSPENDED, EXPIRED, DISABLED, DELETED?',
    ],
    [
      "text for an object",
      '{ customers(filter: "s3cret") { totalCount } }',
      'Expected value of type "CustomerFilter".',
    ],
    [
      "text out of place",
      '{ customers "s3cret" { totalCount } }',
      "Syntax Error: Expected Name, found String.",
    ],
  ])("in the document: %s", async (_, query, message) => {
    expect(await refusal(query)).toEqual(message);
  });

  it("and a variable that is missing is still named", async () => {
    expect(await refusal(INVITE)).toBe(
      'Variable "$input" of required type "InviteCustomerInput!" was not provided.',
    );
    expect(await refusal(INVITE, { input: null })).toBe(
      'Variable "$input" of non-null type "InviteCustomerInput!" must not be null.',
    );
  });

  it("and a name that the schema does not have is still named, with a hint", async () => {
    expect(await refusal("{ customerz { totalCount } }")).toMatch(/customerz.*Did you mean/);
  });
});
