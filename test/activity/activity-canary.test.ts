import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { aCustomer, aPartner, aProspect } from "../support/builders";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it("no link token, API key, identity provider's subject, mail text, bearer token or idempotency key is in any activity log", async () => {
  const testContext = testContextOf(server);
  const roles = { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] };
  const inviter = await aPartner(testContext, {}, roles);
  const { actor: admin } = await aCustomer(testContext);
  const prospect = { ...aProspect(), subject: "CANARY-PROSPECT" };
  const partner = await callerFor(server, inviter.actor);
  const secrets: string[] = [inviter.actor.subject, admin.subject, prospect.subject];

  const invite = async (recipientEmail: string) => {
    const { data } = await partner.ask(
      `mutation ($input: InviteCustomerInput!) { inviteCustomer(input: $input) { invitation { id } link userErrors { code } } }`,
      {
        input: {
          recipientEmail,
          subject: "CANARYSUBJECT",
          body: "CANARYBODY {{link}}",
          idempotencyKey: "CANARYKEY" + recipientEmail,
        },
      },
    );
    const { link, invitation } = data.inviteCustomer;
    const token = link.slice(link.indexOf("#") + 1);
    secrets.push(token);
    return { token, id: invitation.id };
  };
  const accept = `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { relationships { id } userErrors { code } } }`;
  const first = await invite("one@canary.example");
  await partner.ask(
    `mutation ($input: EditInvitationInput!) { editInvitation(input: $input) { userErrors { code } } }`,
    { input: { invitationId: first.id, body: `CANARYBODY again {{link}}` } },
  );
  const customer = await callerFor(server, admin);
  await customer.ask(accept, { input: { token: `${first.token}x` } });
  await customer.ask(accept, { input: { token: first.token } });
  const second = await invite("two@canary.example");
  const company = {
    companyName: "Canary Newcomer",
    domain: `canary-newcomer.example`,
    country: "US",
  };
  const accepted = await (
    await callerFor(server, prospect, true)
  ).ask(accept, { input: { token: second.token, ...company } });
  expect(accepted.data.acceptInvitation.userErrors).toEqual([]);
  const made = await partner.ask(
    `mutation { createApiKey(input: { name: "Sync", permissions: ["customer.read"] }) { apiKey { id } secret userErrors { code } } }`,
  );
  const { secret, apiKey } = made.data.createApiKey;
  const rotated = await partner.ask(
    `mutation ($id: ID!) { rotateApiKey(input: { apiKeyId: $id }) { secret userErrors { code } } }`,
    { id: apiKey.id },
  );
  secrets.push(secret, rotated.data.rotateApiKey.secret);
  // A key put where an id belongs is refused, and must not be written down as what was acted on.
  await partner.ask(
    `mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { userErrors { code } } }`,
    { id: secret },
  );

  const rows = await testContext.database.read((reads) =>
    reads.rows<object>("SELECT * FROM activity_record"),
  );
  const hashes = await testContext.database.read((reads) =>
    reads.rows<{ hash: string }>(
      "SELECT tokenHash AS hash FROM invitation UNION SELECT hash FROM api_key_secret",
    ),
  );
  const table = JSON.stringify(rows);
  for (const operation of [
    "inviteCustomer",
    "editInvitation",
    "acceptInvitation",
    "createApiKey",
    "rotateApiKey",
    "revokeApiKey",
  ])
    expect(table).toContain(`"${operation}"`);
  expect(hashes.length).toBeGreaterThanOrEqual(4);
  const never = [...secrets, ...hashes.map(({ hash }) => hash)];
  expect(never.filter((secret) => secret.length < 9)).toEqual([]);
  expect(never.filter((secret) => table.includes(secret))).toEqual([]);
  expect(/CANARY[A-Z-]+|eyJ|Bearer/.exec(table)).toBeNull();
});
