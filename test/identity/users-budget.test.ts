import { AdminRole } from "../../entities/identity/user";
import { joinOrganization } from "../../src/identity";
import { callerFor, testContextOf, statementsOf } from "../api/at-the-endpoint";
import { aPartner, aPartnerUser, type PartnerWithUser } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { type Answer, type Caller, startTestServer, type TestServer } from "../support/test-server";
import { callUsers, USER } from "./users-endpoint";

const GLOBAL_ADMIN = { admin: [AdminRole.GLOBAL_ADMIN] };

let server: TestServer;
let testContext: TestContext;
let home: PartnerWithUser;
let admin: Caller;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
beforeEach(async () => {
  home = await aPartner(testContext, {}, GLOBAL_ADMIN);
  admin = await callerFor(server, home.actor);
});
afterAll(() => server.stop());

describe("the statements, sign-in, BEGIN and COMMIT included", () => {
  const costOf = async (work: () => Promise<Answer>) => (await statementsOf(server, work)).statements.length;

  it("of a page of users are two, with its count three, whatever the number of users", async () => {
    for (let at = 0; at < 20; at++) await aPartnerUser(testContext, home.partner, {});
    const list = (more: string) => costOf(() => admin.ask(`{ users { nodes { ${USER} } ${more} } }`));
    expect(await list("")).toBe(2);
    expect(await list("totalCount")).toBe(3);
    expect(await costOf(() => admin.ask("{ viewer { user { displayName } } }"))).toBe(2);
  });

  it("of a mutation are few, and as many for a large organization", async () => {
    const cost: Record<string, number> = {};
    const measure = async (name: string, input: object) => {
      let userId = "";
      cost[name] = await costOf(async () => {
        const answer = await callUsers(admin, name, input);
        expect(answer.payload?.userErrors).toEqual([]);
        userId = answer.payload?.user.id ?? "";
        return answer;
      });
      return userId;
    };
    for (let at = 0; at < 20; at++) await aPartnerUser(testContext, home.partner, {});
    const userId = await measure("createUser", { email: "mia@office.example", displayName: "Mia" });
    await measure("updateUser", { userId, displayName: "Mia Long" });
    await measure("deactivateUser", { userId });
    await measure("reactivateUser", { userId });
    // Four statements of each are the two logs'.
    expect(cost).toEqual({ createUser: 10, updateUser: 9, deactivateUser: 9, reactivateUser: 9 });
  });

  it("of joining are the look, one transaction, and the look again", async () => {
    await callUsers(admin, "createUser", { email: "mia@office.example", displayName: "Mia" });
    const before = server.statements.length;
    await joinOrganization(
      testContext.system,
      { subject: "sub", email: "mia@office.example" },
      home.partner.id,
    );
    expect(server.statements.length - before).toBe(9);
  });
});
