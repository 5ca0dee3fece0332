import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
let own: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  own = await startTestServer();
});
afterAll(async () => {
  await server.stop();
  await own.stop();
});

describe("a newcomer that accepts its first invitation", () => {
  it("sees itself and what it accepted in the same answer", async () => {
    const agent = await server.as("direct-agent");
    const invited = await agent.ask(
      'mutation { inviteCustomer(input: { recipientEmail: "nora@tinylighthouse.example" }) { link } }',
    );
    const link = invited.data.inviteCustomer.link as string;
    const answer = await (
      await server.as("newcomer-admin")
    ).ask(
      `mutation ($token: String!) {
        acceptInvitation(input: { token: $token, companyName: "Tiny Lighthouse", domain: "tinylighthouse.example", country: "US" }) {
          relationships { customerId status customer { id companyName } partner { name } }
          userErrors { code message } } }`,
      { token: link.slice(link.indexOf("#") + 1) },
    );
    expect(answer.errors).toBeUndefined();
    const { relationships, userErrors } = answer.data.acceptInvitation;
    expect(userErrors).toEqual([]);
    expect(relationships).toEqual([
      {
        customerId: relationships[0].customerId,
        status: "ACTIVE",
        customer: { id: relationships[0].customerId, companyName: "Tiny Lighthouse" },
        partner: { name: "Alpine Cloud" },
      },
    ]);
  });

  it("acts as the customer's user in what follows in the same mutation", async () => {
    const tokens: string[] = [];
    for (const inviter of ["direct-agent", "provider-agent"]) {
      const invited = await (
        await own.as(inviter)
      ).ask('mutation { inviteCustomer(input: { recipientEmail: "nora@somewhere.example" }) { link } }');
      tokens.push((invited.data.inviteCustomer.link as string).split("#")[1] ?? "");
    }
    const newcomer = await own.as("newcomer-admin");
    const answer = await newcomer.ask(
      `mutation ($first: String!, $second: String!) {
        first: acceptInvitation(input: { token: $first, companyName: "Tiny", domain: "tinylighthouse.example", country: "US" }) {
          userErrors { code } }
        second: acceptInvitation(input: { token: $second }) { userErrors { code } }
        refused: declineInvitation(input: { token: "of nobody" }) { userErrors { code } } }`,
      { first: tokens[0], second: tokens[1] },
    );
    expect(answer.data).toEqual({
      first: { userErrors: [] },
      second: { userErrors: [] },
      refused: { userErrors: [{ code: "INVITATION_NOT_FOUND" }] },
    });

    const { data } = await newcomer.ask(
      `{ viewer { user { id } }
         activityLog(first: 20) { nodes { operation actorId errorCode } }
         events(first: 20) { nodes { type actorId } } }`,
    );
    const { id } = data.viewer.user as { id: string };
    expect(data.activityLog.nodes).toContainEqual({
      operation: "declineInvitation",
      actorId: id,
      errorCode: "INVITATION_NOT_FOUND",
    });
    const accepted = (data.events.nodes as { type: string; actorId: string }[]).filter(
      ({ type }) => type === "INVITATION_ACCEPTED",
    );
    // The first is that of somebody who was not known before.
    expect(accepted.map(({ actorId }) => actorId)).toEqual([expect.not.stringMatching(/^user_/), id]);
  });
});
