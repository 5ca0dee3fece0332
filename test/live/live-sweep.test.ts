import { randomUUID } from "node:crypto";
import { AdminRole, AgentRole, User, UserStatus } from "../../entities/identity/user";
import { Cloud } from "../../entities/partners/partner";
import { newId } from "../../src/values/ids";
import type { LiveSession } from "../../src/live/live-session";
import { LiveSessions } from "../../src/live/live-sessions";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

let testContext: TestContext;
let sessions: LiveSessions;
beforeAll(async () => {
  testContext = await openTestContext();
  sessions = new LiveSessions(testContext.services);
  sessions.close(); // Here the test says when to look.
});
afterAll(() => testContext.close());

const open: LiveSession[] = [];
afterEach(() => open.splice(0).forEach((session) => sessions.leave(session)));

/** A partner's new users, and the tokens that they show. */
async function people(count: number) {
  const { partner } = await aPartner(testContext);
  const now = testContext.clock.now;
  const rows = Array.from({ length: count }, (_, n) => ({
    ...{ id: newId(User), organizationId: partner.id, subject: randomUUID(), email: `u${n}@a.example` },
    ...{ displayName: `User ${n}`, agentRoles: [AgentRole.ADMIN_AGENT], adminRoles: [] as AdminRole[] },
    ...{ status: UserStatus.ACTIVE, version: 1, createdAt: now, updatedAt: now },
  }));
  for (let at = 0; at < count; at += 500)
    await testContext.system.transaction((tx) => tx.insertAll(User, rows.slice(at, at + 500)));
  const person = { email: "", displayName: "", isGlobalAdmin: false, cloud: Cloud.PUBLIC };
  const expiresAt = Date.now() + 3_600_000;
  return rows.map(({ id, subject }) => ({
    id,
    claims: { ...person, tenantId: partner.tenantId, subject, expiresAt },
  }));
}

async function authenticateConnection(
  claims: Awaited<ReturnType<typeof people>>[number]["claims"],
): Promise<unknown[]> {
  const credential = { kind: "TOKEN" as const, claims };
  const ends: unknown[] = [];
  const bearer = await testContext.services.directory.bearerOf(credential);
  open.push(sessions.admit({ credential, bearer, onEnd: (refusal) => ends.push(refusal) }));
  return ends;
}

const deactivate = (ids: string[]) =>
  testContext.system.transaction((tx) =>
    tx.execute(
      `UPDATE user_account SET status = 'INACTIVE', version = version + 1 WHERE id IN (${ids.map(() => "?").join(",")})`,
      ids,
    ),
  );

describe("looking at all sessions of a node", () => {
  it("costs nothing while there is none", async () => {
    testContext.statements.length = 0;
    await sessions.sweep();
    expect(testContext.statements).toEqual([]);
  });

  it("costs one statement for 40 sockets of 20 users, and one more for each user that has changed", async () => {
    const users = await people(20);
    const ends = [];
    for (const { claims } of [...users, ...users]) ends.push(await authenticateConnection(claims));
    testContext.statements.length = 0;
    await sessions.sweep();
    expect(testContext.statements).toHaveLength(1);

    await deactivate([users[3]?.id ?? "", users[7]?.id ?? ""]);
    testContext.statements.length = 0;
    await sessions.sweep();
    // A refused user is not remembered: each of its two sockets asks.
    expect(testContext.statements).toHaveLength(1 + 4);
    expect(ends.flatMap((found, at) => (found.length > 0 ? [at] : []))).toEqual([3, 7, 23, 27]);
    testContext.statements.length = 0;
    await sessions.sweep();
    expect(testContext.statements).toHaveLength(1);
  });

  it("costs ten statements for 5,000 users, and finds the one that has changed", async () => {
    const users = await people(5_000);
    const ends = [];
    for (const { claims } of users) ends.push(await authenticateConnection(claims));
    testContext.statements.length = 0;
    await sessions.sweep();
    expect(testContext.statements).toHaveLength(10);
    await deactivate([users[4_321]?.id ?? ""]);
    await sessions.sweep();
    expect(ends.flatMap((found, at) => (found.length > 0 ? [at] : []))).toEqual([4_321]);
    expect(ends[4_321]).toMatchObject([{ code: "USER_INACTIVE" }]);
  });
});
