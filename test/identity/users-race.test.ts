import { AdminRole, AgentRole } from "../../entities/identity/user";
import type { PartnerUserActor } from "../../src/access/actor";
import { createUser, deactivateUser, updateUser } from "../../src/identity";
import { aPartner, aPartnerUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const ROUNDS = 25;
const GLOBAL_ADMIN = { admin: [AdminRole.GLOBAL_ADMIN] };

const demote = (by: PartnerUserActor, { userId }: PartnerUserActor) =>
  updateUser(testContext.as(by), { userId, adminRoles: [] });
const deactivate = (by: PartnerUserActor, { userId }: PartnerUserActor) =>
  deactivateUser(testContext.as(by), { userId });

/** Global admins of a new partner. */
async function globalAdmins(count: number): Promise<PartnerUserActor[]> {
  const { partner, actor } = await aPartner(testContext, {}, GLOBAL_ADMIN);
  const more = Array.from({ length: count - 1 }, () => aPartnerUser(testContext, partner, GLOBAL_ADMIN));
  return [actor, ...(await Promise.all(more))];
}

const activeGlobalAdmins = (partnerId: string) =>
  testContext.count(
    "user_account",
    `organizationId = '${partnerId}' AND status = 'ACTIVE' AND adminRoles LIKE '%"GLOBAL_ADMIN"%'`,
  );

/** The codes of those that were refused. */
const refusedWith = (answers: PromiseSettledResult<unknown>[]) =>
  answers
    .filter((answer) => answer.status === "rejected")
    .map(({ reason }) => (reason as { code?: string }).code ?? String(reason));

describe("two Global admins who at once", () => {
  it.each([
    ["demote each other", demote, demote],
    ["deactivate each other", deactivate, deactivate],
    ["demote and deactivate each other", demote, deactivate],
  ])("%s leave exactly one, and the other's call is refused", async (_what, first, second) => {
    for (let round = 0; round < ROUNDS; round++) {
      const [one, two] = await globalAdmins(2);
      const answers = await Promise.allSettled([first(one, two), second(two, one)]);
      const refused = refusedWith(answers);
      expect(refused).toHaveLength(1);
      expect(["FORBIDDEN", "USER_INACTIVE"]).toContain(refused[0]);
      expect(await activeGlobalAdmins(one.partnerId)).toBe(1);
    }
  });

  it("go round in a ring of five leave at least one, and everybody who was refused learns why", async () => {
    for (let round = 0; round < 10; round++) {
      const notify = await globalAdmins(5);
      const answers = await Promise.allSettled(
        notify.map((one, at) => (at % 2 ? demote : deactivate)(one, notify[(at + 1) % notify.length])),
      );
      const refused = refusedWith(answers);
      for (const code of refused) expect(["FORBIDDEN", "USER_INACTIVE"]).toContain(code);
      expect(await activeGlobalAdmins(notify[0].partnerId)).toBe(refused.length);
      expect(refused.length).toBeGreaterThan(0);
    }
  });

  it("all turn on one leave the others", async () => {
    const [victim, ...others] = await globalAdmins(6);
    const answers = await Promise.allSettled(others.map((one) => deactivate(one, victim)));
    expect(refusedWith(answers)).toEqual(Array.from({ length: 4 }, () => "USER_ALREADY_INACTIVE"));
    expect(await activeGlobalAdmins(victim.partnerId)).toBe(5);
  });
});

describe("a Global admin who is demoted", () => {
  it("while it makes another Global admin has made it before, or not at all", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [one, two] = await globalAdmins(2);
      const email = `accomplice-${round}@office.example`;
      const accomplice = { email, displayName: "Accomplice", subject: email };
      const [, made] = await Promise.allSettled([
        demote(one, two),
        createUser(testContext.as(two), { ...accomplice, adminRoles: [AdminRole.GLOBAL_ADMIN] }),
      ]);
      const types = (await testContext.eventsOf(one.partnerId)).map(({ type }) => type);
      if (made.status === "fulfilled") expect(types).toEqual(["user.added", "user.updated"]);
      else {
        expect(made.reason).toMatchObject({ code: "FORBIDDEN" });
        expect(types).toEqual(["user.updated"]);
      }
    }
  });
});

it("two changes of one user at once are both made, or one is told that it is stale", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const [admin] = await globalAdmins(1);
    const { user } = await createUser(testContext.as(admin), { email: "a@office.example", displayName: "A" });
    const both = [{ displayName: "B" }, { agentRoles: [AgentRole.ADMIN_AGENT] }];
    const answers = await Promise.all(
      both.map((change) => updateUser(testContext.as(admin), { userId: user.id, ...change })),
    );
    expect(answers.map((answer) => answer.user.version).sort()).toEqual([2, 3]);
    const last = answers.find((answer) => answer.user.version === 3)?.user;
    expect(last).toMatchObject({ displayName: "B", agentRoles: ["ADMIN_AGENT"] });
  }
});
