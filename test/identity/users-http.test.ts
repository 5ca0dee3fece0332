import { AdminRole, AgentRole } from "../../entities/identity/user";
import type { PartnerUserActor } from "../../src/access/actor";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { aCustomer, aPartner, aPartnerUser, type PartnerWithUser } from "../support/builders";
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

const anAgent = () => aPartnerUser(testContext, home.partner, { agent: [AgentRole.ADMIN_AGENT] });
const codeOf = (answer: Answer) => answer.errors?.[0].extensions.code;

describe("over HTTP, a Global admin", () => {
  it("adds, lists, finds, changes, deactivates and reactivates a user", async () => {
    const input = { email: "Mia@office.example", displayName: "Mia", agentRoles: ["HELPDESK_AGENT"] };
    const { payload } = await callUsers(admin, "createUser", input);
    expect(payload).toMatchObject({
      user: { email: "mia@office.example", status: "INVITED", agentRoles: ["HELPDESK_AGENT"], version: 1 },
      userErrors: [],
    });
    const userId = payload?.user.id ?? "";
    const list = await admin.ask(
      `{ users(status: INVITED, emailStartsWith: "mi") { totalCount nodes { ${USER} } } }`,
    );
    expect(list.data.users).toEqual({ totalCount: 1, nodes: [payload?.user] });
    const node = await admin.ask(
      `query ($id: ID!) { node(id: $id) { __typename ... on User { ${USER} } } }`,
      {
        id: userId,
      },
    );
    expect(node.data.node).toEqual({ __typename: "User", ...payload?.user });
    const updated = await callUsers(admin, "updateUser", { userId, adminRoles: ["BILLING_ADMIN"] });
    expect(updated.payload?.user).toMatchObject({ adminRoles: ["BILLING_ADMIN"], version: 2 });
    const inactive = await callUsers(admin, "deactivateUser", { userId, idempotencyKey: "k" });
    expect(inactive.payload?.user).toMatchObject({ status: "INACTIVE" });
    expect((await callUsers(admin, "deactivateUser", { userId, idempotencyKey: "k" })).payload).toEqual(
      inactive.payload,
    );
    expect((await callUsers(admin, "deactivateUser", { userId })).payload).toMatchObject({
      user: null,
      userErrors: [{ code: "USER_ALREADY_INACTIVE", field: "userId" }],
    });
    expect((await callUsers(admin, "reactivateUser", { userId })).payload?.user).toMatchObject({
      status: "INVITED",
    });
  });

  it("learns as data who has the address, and which roles there are", async () => {
    const existingId = home.actor.userId;
    const input = { email: home.actor.email, displayName: "Again" };
    expect((await callUsers(admin, "createUser", input)).payload?.userErrors).toEqual([
      { code: "USER_EMAIL_TAKEN", field: "email", details: { existingId } },
    ]);
    const customer = await callerFor(server, (await aCustomer(testContext)).actor);
    const agent = { email: "a@b.example", displayName: "A", agentRoles: ["ADMIN_AGENT"] };
    expect((await callUsers(customer, "createUser", agent)).payload?.userErrors).toMatchObject([
      { code: "ROLE_NOT_OFFERED", field: "agentRoles", details: { allowed: [] } },
    ]);
  });

  it("hears of it live, as everybody who follows the organization's events does", async () => {
    const listener = await admin.listen(
      "subscription { events(types: [USER_ADDED, USER_JOINED]) { __typename ... on UserEvent { userId email agentRoles } } }",
    );
    const { payload } = await callUsers(admin, "createUser", {
      email: "mia@office.example",
      displayName: "Mia",
    });
    const userId = payload?.user.id;
    const told = { userId, email: "mia@office.example", agentRoles: [] };
    expect((await listener.next()).data.events).toEqual({ __typename: "UserAddedEvent", ...told });
    const { tenantId } = home.actor;
    const person = { tenantId, subject: "sub-mia", email: "mia@office.example", displayName: "Mia" };
    const mia = await callerFor(server, person as PartnerUserActor);
    expect((await mia.ask("{ viewer { userId } }")).data.viewer).toEqual({ userId });
    expect((await listener.next()).data.events).toEqual({ __typename: "UserJoinedEvent", ...told });
    listener.stop();
  });
});

describe("over HTTP, a user without roles", () => {
  it("sees itself, in viewer and by its id, and nobody else", async () => {
    const plain = await aPartnerUser(testContext, home.partner, {});
    const caller = await callerFor(server, plain);
    const self = { id: plain.userId, displayName: plain.displayName, status: "ACTIVE" };
    const viewer = await caller.ask("{ viewer { user { id displayName status } } }");
    expect(viewer.data.viewer.user).toEqual(self);
    const node = (id: string) =>
      caller.ask("query ($id: ID!) { node(id: $id) { ... on User { id displayName status } } }", { id });
    expect((await node(plain.userId)).data.node).toEqual(self);
    expect(codeOf(await node(home.actor.userId))).toBe("NODE_NOT_FOUND");
    expect(codeOf(await caller.ask("{ users { nodes { id } } }"))).toBe("FORBIDDEN");
  });

  it("is refused every change, and told who could make it", async () => {
    const caller = await callerFor(server, await anAgent());
    for (const [name, input] of Object.entries({
      createUser: { email: "x@y.example", displayName: "X" },
      updateUser: { userId: home.actor.userId },
      deactivateUser: { userId: home.actor.userId },
      reactivateUser: { userId: home.actor.userId },
    })) {
      const { payload, errors } = await callUsers(caller, name, input);
      expect(payload).toBeNull();
      expect(errors?.[0].extensions).toMatchObject({
        code: "FORBIDDEN",
        details: { roles: ["GLOBAL_ADMIN", "USER_MANAGEMENT_ADMIN"] },
      });
    }
  });
});

describe("a user management admin", () => {
  it("cannot make itself or anybody Global admin, and is told that a Global admin can", async () => {
    const roles = { admin: [AdminRole.USER_MANAGEMENT_ADMIN] };
    const actor = await aPartnerUser(testContext, home.partner, roles);
    const agent = await anAgent();
    const caller = await callerFor(server, actor);
    for (const userId of [actor.userId, agent.userId]) {
      const { errors } = await callUsers(caller, "updateUser", { userId, adminRoles: ["GLOBAL_ADMIN"] });
      expect(errors?.[0].extensions).toMatchObject({
        code: "FORBIDDEN",
        details: { permission: "user.update", roles: ["GLOBAL_ADMIN"] },
      });
    }
  });
});

describe("the very next request on the same node", () => {
  it("has the new roles", async () => {
    const agent = await anAgent();
    const caller = await callerFor(server, agent);
    const list = () => caller.ask("{ customers { nodes { id } } }");
    for (let round = 0; round < 5; round++) {
      expect((await list()).data.customers.nodes).toEqual([]);
      await callUsers(admin, "updateUser", { userId: agent.userId, agentRoles: [] });
      expect(codeOf(await list())).toBe("FORBIDDEN");
      await callUsers(admin, "updateUser", { userId: agent.userId, agentRoles: ["ADMIN_AGENT"] });
    }
  });

  it("of a user who was deactivated is refused, and of one reactivated is not", async () => {
    const agent = await anAgent();
    const caller = await callerFor(server, agent);
    const ask = () => caller.ask("{ viewer { userId } }");
    for (let round = 0; round < 5; round++) {
      expect((await ask()).data.viewer.userId).toBe(agent.userId);
      await callUsers(admin, "deactivateUser", { userId: agent.userId });
      expect(codeOf(await ask())).toBe("USER_INACTIVE");
      await callUsers(admin, "reactivateUser", { userId: agent.userId });
    }
  });
});
