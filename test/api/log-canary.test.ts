import { startLoggedServer, type LoggedServer } from "./logged-server";
import { post } from "./at-the-endpoint";

let server: LoggedServer;
beforeAll(async () => {
  server = await startLoggedServer({ PUBLIC_URL: "https://links.example" });
});
afterAll(() => server.stop());

const INVITE = `mutation Invite($email: String!, $body: String, $key: String) {
  inviteCustomer(input: { recipientEmail: $email, body: $body, idempotencyKey: $key }) {
    invitation { id } link draft { body mailto } userErrors { code }
  }
}`;
const ACCEPT = `mutation Accept($token: String!) {
  acceptInvitation(input: { token: $token }) { relationships { id } userErrors { code } }
}`;

describe("the log, at its most talkative", () => {
  it("has a line for each operation, and no secret and no personal data of an invitation's whole life", async () => {
    const bearer = await server.token("direct-agent");
    const headers = { authorization: `Bearer ${bearer}`, "x-request-id": "canary-request" };
    const variables = {
      email: "carla@bluefernbakery.example",
      key: "canary-key",
      body: "Dear Carla, tap {{link}} to CANARYBODY.",
    };

    const invited = await post(server, { query: INVITE, variables }, headers);
    const { link, draft } = invited.body.data.inviteCustomer;
    const token = link.slice(link.indexOf("#") + 1);
    expect(draft.body).toContain("CANARYBODY");
    await post(server, { query: INVITE, variables: { ...variables, body: "CANARYBODY without" } }, headers);
    await post(
      server,
      { query: INVITE, variables: { ...variables, email: { a: "who@canary.example" } } },
      headers,
    );
    await server.ask(
      "customer-admin-1",
      "query Open($token: String!) { invitation(token: $token) { status } }",
      { token },
    );
    await server.ask("customer-admin-1", ACCEPT, { token: `${token}x` });
    const accepted = await server.ask("customer-admin-1", ACCEPT, { token });
    expect(accepted.body.data.acceptInvitation.relationships).toHaveLength(1);
    await post(
      server,
      { query: ACCEPT, variables: { token } },
      { authorization: "Bearer garbage.canary.token" },
    );

    const log = server.log.join("");
    expect(server.log.filter((line) => line.includes('"msg":"operation"'))).toHaveLength(7);
    expect(log).toContain("canary-request");
    for (const secret of [
      bearer,
      bearer.slice(-40),
      token,
      "links.example",
      "CANARYBODY",
      "canary.token",
      "canary-key",
    ])
      expect(log).not.toContain(secret);
    expect(log).not.toMatch(/[\w.+-]+@[\w-]+\.[\w.-]+/);
    expect(log).not.toMatch(/eyJ|Bearer|mailto/);
  });

  it("has the cause of a failed invitation without the values that were being written", async () => {
    const source = server.running.services.database.schemaSource;
    await source.query("ALTER TABLE invitation RENAME TO invitation_away");
    try {
      server.log.length = 0;
      const { body } = await server.ask("direct-agent", INVITE, { email: "late@canary.example" });
      expect(body.errors).toMatchObject([{ extensions: { code: "INTERNAL" } }]);
      const log = server.log.join("");
      expect(log).toContain('"msg":"unexpected error"');
      expect(log).not.toMatch(/late@|canary\.example/);
    } finally {
      await source.query("ALTER TABLE invitation_away RENAME TO invitation");
    }
  });

  it("has no value of a row that a unique index refused", async () => {
    const source = server.running.services.database.schemaSource;
    await source.query("CREATE UNIQUE INDEX canary ON invitation (recipientEmail)");
    try {
      server.log.length = 0;
      const { body } = await server.ask(
        "reseller-agent",
        'mutation { inviteCustomer(input: { recipientEmail: "carla@bluefernbakery.example" }) { userErrors { code } } }',
      );
      expect(body.errors).toMatchObject([{ extensions: { code: "INTERNAL" } }]);
      expect(server.log.join("")).not.toContain("carla@");
    } finally {
      await source.query(`DROP INDEX canary ${testDatabase === "mariadb" ? "ON invitation" : ""}`);
    }
  });
});
