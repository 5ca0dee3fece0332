import { Partner } from "../../entities/partners/partner";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { newId } from "../../src/values/ids";
import { isRestricted, type PayloadField } from "../../src/events/catalogue/event-definition";
import { eventCatalogue } from "../../src/events/event-catalogue";
import { readEvents } from "../../src/events/event-log";
import { allEventTypes, type EventType, type RecordedEvent } from "../../src/events/event-map";
import { createApiKey, createUser } from "../../src/identity";
import { acceptInvitation, inviteCustomer } from "../../src/invitations";
import { payloadOf } from "../../src/webhooks/webhook-payload";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { headersOf } from "../activity/downloads";
import { aCustomer, aPartner, aPartnerUser, aProspect, aResellerWithProvider } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { startTestServer, type TestServer } from "../support/test-server";

/* Who may read events may not read everything in them: what takes another permission is null at every endpoint. */

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
afterAll(() => server.stop());

type Restricted = [type: EventType, name: string, field: PayloadField];
const restricted = (): Restricted[] =>
  allEventTypes.flatMap((type) =>
    Object.entries<PayloadField>(eventCatalogue[type].payload)
      .filter(([, field]) => isRestricted(field))
      .map(([name, field]): Restricted => [type, name, field]),
  );

const FEED =
  "type actorId ... on UserEvent { userId displayName email agentRoles adminRoles } ... on ApiKeyEvent { apiKeyId name permissions expiresAt }";
/** A partner with a Global admin and an admin agent, who may read events but neither users nor API keys. */
async function office() {
  const { partner, actor: admin } = await aPartner(testContext, {}, { admin: [AdminRole.GLOBAL_ADMIN] });
  const agent = await aPartnerUser(testContext, partner, { agent: [AgentRole.ADMIN_AGENT] });
  return { partner, admin, agent };
}

const person = {
  email: "secret.address@office.example",
  displayName: "Mia",
  agentRoles: [AgentRole.SALES_AGENT],
};
const key = {
  name: "CRM",
  permissions: ["event.read"],
  expiresAt: new Date(Date.now() + 365 * 86_400_000).toISOString(),
};

it("are what tells of users' addresses and roles, of API keys' rights, and whom an invitation is addressed to", () => {
  const names = restricted().map(([type, name]) => `${type.split(".")[0]} ${name}`);
  expect([...new Set(names)].sort()).toEqual([
    "api-key expiresAt",
    "api-key permissions",
    "invitation recipientEmail",
    "user adminRoles",
    "user agentRoles",
    "user email",
  ]);
});

describe("facts that take a permission", () => {
  it("are null in the events query and in every live subscription of who lacks it, and there for who has it", async () => {
    const { partner, admin, agent } = await office();
    const callers = { admin: await callerFor(server, admin), agent: await callerFor(server, agent) };
    const listeners = {
      admin: await callers.admin.listen(`subscription { events { ${FEED} } }`),
      agent: await callers.agent.listen(`subscription { events { ${FEED} } }`),
    };
    await createUser(testContext.as(admin), person);
    await createApiKey(testContext.as(admin), key);
    const whole = [
      {
        type: "USER_ADDED",
        displayName: "Mia",
        email: person.email,
        agentRoles: ["SALES_AGENT"],
        adminRoles: [],
      },
      { type: "API_KEY_CREATED", name: "CRM", permissions: ["event.read"], expiresAt: key.expiresAt },
    ];
    const masked = [
      { ...whole[0], email: null, agentRoles: null, adminRoles: null },
      { ...whole[1], permissions: null, expiresAt: null },
    ];
    for (const [who, expected] of [
      ["admin", whole],
      ["agent", masked],
    ] as const) {
      const { data } = await callers[who].ask(`{ events { nodes { ${FEED} } edges { node { ${FEED} } } } }`);
      expect(data.events.nodes).toMatchObject(expected);
      expect(data.events.edges.map(({ node }: { node: object }) => node)).toMatchObject(expected);
      for (const one of expected) expect((await listeners[who].next()).data.events).toMatchObject(one);
      listeners[who].stop();
    }
    const late = await callers.agent.listen(
      `subscription ($after: String) { events(after: $after) { ${FEED} } }`,
      {
        after: (await callers.agent.ask("{ events(first: 1) { nodes { cursor } } }")).data.events.nodes[0]
          .cursor,
      },
    );
    expect((await late.next()).data.events).toMatchObject(masked[1]);
    late.stop();
    expect(
      (
        await testContext.services.database.read((reads) =>
          reads.rows<{ facts: string }>(
            `SELECT facts AS facts FROM event WHERE organizationId = '${partner.id}' AND type = 'user.added'`,
          ),
        )
      )[0]?.facts,
    ).toContain(person.email);
  });

  it("are in no webhook's payload, no matter who registered it", () => {
    for (const [type, name, field] of restricted()) {
      const organizationId = newId(Partner);
      const event = { type, organizationId, actorId: "system", [name]: "secret", partnerId: organizationId };
      const { data } = JSON.parse(payloadOf(event as unknown as RecordedEvent)) as {
        data: Record<string, unknown>;
      };
      expect([type, name, data[name]]).toEqual([type, name, field.permission ? null : "secret"]);
      const toAnother = { ...event, partnerId: newId(Partner) };
      expect(payloadOf(toAnother as unknown as RecordedEvent)).not.toContain("secret");
    }
  });

  it("are null in the activity log and its file, which say so, and can be recomputed by who reads all", async () => {
    const { admin, agent } = await office();
    await createUser(testContext.as(admin), person);
    await createApiKey(testContext.as(admin), key);
    const log = async (who: typeof agent) =>
      (
        await (
          await callerFor(server, who)
        ).ask("{ activityLog { nodes { operation newValues maskedFields hash previousHash } } }")
      ).data.activityLog.nodes as {
        operation: string;
        newValues: string;
        maskedFields: string[];
        hash: string | null;
        previousHash: string | null;
      }[];
    const [ofKey, ofUser] = await log(agent);
    expect(ofUser.maskedFields).toEqual(["adminRoles", "agentRoles", "email"]);
    expect(JSON.parse(ofUser.newValues)).toMatchObject({ displayName: "Mia", email: null, agentRoles: null });
    expect(ofKey.maskedFields).toEqual(["expiresAt", "permissions"]);
    // By a hash the values could be found by trying.
    expect([ofUser.hash, ofKey.previousHash, ofKey.hash]).toEqual([null, null, null]);
    const [wholeKey, wholeUser] = await log(admin);
    expect(JSON.parse(wholeUser.newValues)).toMatchObject({
      email: person.email,
      agentRoles: ["SALES_AGENT"],
    });
    expect([wholeUser.maskedFields, wholeKey.maskedFields]).toEqual([[], []]);
    expect(wholeKey.previousHash).toBe(wholeUser.hash);
    const file = async (who: typeof agent) =>
      (await fetch(`${server.url}/activity-log.csv`, { headers: await headersOf(server, who) })).text();
    expect(await file(agent)).not.toContain(person.email);
    expect(await file(agent)).toContain('"adminRoles agentRoles email"');
    expect(await file(admin)).toContain(person.email);
  });
});

describe("whom an invitation was addressed to", () => {
  it("is told to the partner that wrote it, at every endpoint, and to nobody else", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { actor: chief, customer } = await aCustomer(testContext);
    const recipientEmail = "hidden.recipient@other.example";
    const { link } = await inviteCustomer(testContext.as(reseller.actor), {
      recipientEmail,
      indirectProviderId: provider.partner.id,
      reusable: true,
    });
    const byCustomer = await callerFor(server, chief);
    const accepted = await byCustomer.ask(
      "mutation ($token: String!) { acceptInvitation(input: { token: $token }) { invitation { id recipientEmail } userErrors { code } } }",
      { token: link.split("#")[1] },
    );
    expect(accepted.data.acceptInvitation).toMatchObject({
      invitation: { recipientEmail: null },
      userErrors: [],
    });
    const EVERYWHERE = `{ invitations { nodes { recipientEmail } } activityLog { nodes { newValues maskedFields } }
      events { nodes { ... on InvitationEvent { recipientEmail invitation { recipientEmail } } } } }`;
    const told = async (caller: Awaited<ReturnType<typeof callerFor>>) =>
      JSON.stringify(await caller.ask(EVERYWHERE));
    expect(await told(await callerFor(server, reseller.actor))).toContain(recipientEmail);
    const byProvider = await told(await callerFor(server, provider.actor));
    expect(byProvider).toContain('"maskedFields":["recipientEmail"]');
    for (const answer of [byProvider, await told(byCustomer)]) {
      expect(answer).not.toContain(recipientEmail);
      expect(answer).not.toContain("errors");
    }
    for (const [organizationId, isTold] of [
      [reseller.partner.id, true],
      [provider.partner.id, false],
      [customer.id, false],
    ] as const) {
      const events = (await eventsOf(organizationId)).filter(({ type }) => type === "invitation.accepted");
      expect(events).toHaveLength(1);
      expect(payloadOf(events[0]).includes(recipientEmail)).toBe(isTold);
    }
  });
});

describe("who did it", () => {
  it("is never an identity provider's subject, no matter who acts, also in what 0.1.0 wrote down", async () => {
    const { partner, agent } = await office();
    const prospect = aProspect();
    const { link } = await inviteCustomer(testContext.as(agent), {
      recipientEmail: "a@b.example",
      reusable: true,
    });
    const company = { companyName: "New", domain: `${prospect.subject}.example`, country: "US" };
    const { relationships } = await acceptInvitation(testContext.as(prospect), {
      token: link.split("#")[1],
      ...company,
    });
    const organizations = [partner.id, relationships[0].customerId];
    const actorsIn = async () => {
      const events = (await Promise.all(organizations.map(eventsOf))).flat();
      const payloads = events.map((event) => JSON.parse(payloadOf(event)) as { actorId: string });
      const { data } = await (
        await callerFor(server, agent)
      ).ask("{ events { nodes { actorId } } activityLog { nodes { actorId actorName } } }");
      return JSON.stringify([payloads.map(({ actorId }) => actorId), data]);
    };
    expect(await actorsIn()).not.toContain(prospect.subject);
    expect(await actorsIn()).toContain(prospect.tenantId);
    await testContext.database.schemaSource.query(
      `UPDATE event SET actorId = '${prospect.tenantId}/${prospect.subject}' WHERE actorId = '${prospect.tenantId}'`,
    );
    expect(await actorsIn()).not.toContain(prospect.subject);
    expect(await actorsIn()).toContain(prospect.tenantId);
  });
});

/** An organization's events as the log has them. */
function eventsOf(organizationId: string): Promise<RecordedEvent[]> {
  return testContext.database.read((reads) => readEvents(reads, organizationId, 0, 1_000));
}
