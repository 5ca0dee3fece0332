import { readFileSync } from "node:fs";
import { join } from "node:path";
import { post, send } from "./at-the-endpoint";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
let authorization: string;
beforeAll(async () => {
  server = await startTestServer();
  authorization = `Bearer ${await server.token("direct-agent")}`;
});
afterAll(() => server.stop());

describe("somebody who knows only the host", () => {
  it("finds at / links to the API, the explorer and the other endpoints, each of which is there", async () => {
    const { status, headers, text } = await send(`${server.url}/`);
    expect({ status, type: headers.get("content-type") }).toEqual({
      status: 200,
      type: "text/html; charset=utf-8",
    });
    expect(text).toMatch(/README\.md, docs\//);
    const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, link = ""]) => link);
    expect(links).toEqual(expect.arrayContaining(["/graphql", "/explorer", "/graphql/stream"]));
    for (const link of links) expect((await fetch(`${server.url}${link}`)).status).not.toBe(404);
    const quiet = await send(`${server.url}/`, { method: "HEAD" });
    expect([quiet.status, quiet.text]).toEqual([200, ""]);
  });

  it("is told at any other address where the API is", async () => {
    const { status, body } = await send(`${server.url}/api`);
    expect(status).toBe(404);
    expect(body.errors).toMatchObject([
      { message: expect.stringMatching(/The API is at \/graphql, and \/ leads/) },
    ]);
  });
});

describe("HEAD at /graphql", () => {
  it.each(["", "?query=%7B__typename%7D", "?query=%7Bnonsense", "?query=%7Bviewer%7Bkind%7D%7D"])(
    "is answered as GET is, without a body: %j",
    async (search) => {
      const ask = (method: string) =>
        fetch(`${server.url}/graphql${search}`, { method, headers: { authorization } });
      const [get, head] = [await ask("GET"), await ask("HEAD")];
      expect(await head.text()).toBe("");
      expect(await get.text()).not.toBe("");
      for (const name of ["content-type", "content-length", "allow"])
        expect({ name, value: head.headers.get(name) }).toEqual({ name, value: get.headers.get(name) });
      expect(head.status).toBe(get.status);
    },
  );
});

it.each(["variables", "extensions"])(
  "%s in the address that is no JSON object is named, with what it must be",
  async (name) => {
    for (const value of ["x", "%7B", "1", "%5B%5D", "%22a%22"]) {
      const { status, body } = await send(`${server.url}/graphql?query=%7B__typename%7D&${name}=${value}`, {
        headers: { authorization },
      });
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([
        {
          message: expect.stringMatching(new RegExp(`^\`${name}\` .*must be a JSON object`)),
          extensions: { code: "BAD_REQUEST" },
        },
      ]);
    }
  },
);

it("an expectedVersion that no row ever has is named as wrong input, and not as somebody else's change", async () => {
  const agent = await server.as("direct-agent");
  const { data } = await agent.ask("{ customers(first: 1) { nodes { id } } }");
  const update = `mutation ($id: ID!, $version: Int) {
    updateCustomer(input: { customerId: $id, expectedVersion: $version }) { userErrors { code field message } } }`;
  for (const [version, code] of [
    [-1, "FIELD_INVALID"],
    [0, "FIELD_INVALID"],
    [99, "STALE_VERSION"],
  ] as const) {
    const answer = await agent.ask(update, { id: data.customers.nodes[0].id, version });
    expect(answer.data.updateCustomer.userErrors).toMatchObject([{ code, field: "expectedVersion" }]);
  }
});

it("an invitation that waits for its answer can be taken back as the README says, and made anew", async () => {
  const agent = await server.as("direct-agent");
  const invite = `mutation { inviteCustomer(input: { recipientEmail: "twice@shop.example" }) { link userErrors { code } } }`;
  expect((await agent.ask(invite)).data.inviteCustomer.userErrors).toEqual([]);
  const again = await agent.ask(invite);
  expect(again.data.inviteCustomer.userErrors).toEqual([{ code: "INVITATION_ALREADY_PENDING" }]);
  const { data } = await agent.ask("{ invitations { nodes { id status } } }");
  const [{ id }] = data.invitations.nodes.filter(({ status }: { status: string }) => status === "PENDING");
  const [, revoke = ""] = /`(mutation \{ revokeInvitation.*?)` \(as/.exec(
    readFileSync(join(__dirname, "../../README.md"), "utf8"),
  ) ?? [""];
  expect((await agent.ask(revoke.replace("inv_…", id))).data.revokeInvitation.userErrors).toEqual([]);
  expect((await agent.ask(invite)).data.inviteCustomer.userErrors).toEqual([]);
});

it.each([
  ["Basic YTpi", /does not have the scheme Bearer, .*`Authorization: Bearer TOKEN`/],
  ["pgk_something", /does not have the scheme Bearer/],
  ["Bearer", /no single token after `Bearer`/],
  ["Bearer a b", /no single token after `Bearer`/],
])(
  "an Authorization header that is not Bearer and a token is told what it must be: %s",
  async (header, problem) => {
    const query = { query: "{ viewer { kind } }" };
    const { body, text } = await post(server, query, { authorization: header });
    expect(body.errors).toMatchObject([
      { message: expect.stringMatching(problem), extensions: { code: "TOKEN_MISSING" } },
    ]);
    expect(text).not.toMatch(/YTpi|something/);
  },
);
