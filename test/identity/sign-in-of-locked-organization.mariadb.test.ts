import { randomUUID } from "node:crypto";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { createUser } from "../../src/identity";
import { testContextOf } from "../api/at-the-endpoint";
import { makeGate } from "../database/gate";
import { aPartner } from "../support/builders";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
beforeAll(async () => {
  // Jobs may wait for a minute, requests may not.
  server = await startTestServer({}, undefined, {
    waits: { lockSeconds: 1, requestMs: 1_500, maxMs: 60_000 },
  });
});
afterAll(() => server.stop());

it("a person who signs in for the first time is refused as busy, and not kept waiting, while the organization is locked", async () => {
  const testContext = testContextOf(server);
  const admin = { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] };
  const { partner, actor } = await aPartner(testContext, {}, admin);
  const email = `${randomUUID()}@users.example`;
  const roles = { agentRoles: [AgentRole.ADMIN_AGENT], adminRoles: [] };
  await createUser(testContext.as(actor), { email, displayName: "Invited", ...roles });
  const { tenantId } = partner;
  const person = { tenantId, subject: "invited", email, displayName: "Invited", isGlobalAdmin: false };
  const caller = server.withToken(await server.running.developmentIssuer?.sign(person, 600));

  const gate = makeGate();
  const locked = makeGate();
  const locking = testContext.database.transact(async (connection) => {
    await connection.rows("SELECT * FROM organization_head WHERE organizationId = ? FOR UPDATE", [
      partner.id,
    ]);
    locked.open();
    await gate.passed;
  });
  await locked.passed;
  const startedAt = performance.now();
  const refused = await caller.ask("{ viewer { __typename } }");
  const waitedMs = performance.now() - startedAt;
  gate.open();
  await locking;

  expect(refused.errors?.[0]?.extensions.code).toBe("SERVICE_BUSY");
  expect(waitedMs).toBeLessThan(6_000);
  expect((await caller.ask("{ viewer { __typename } }")).errors).toBeUndefined();
}, 120_000);
