import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

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
});
