import { createHmac } from "node:crypto";
import type { MysqlAddress, SqliteAddress } from "../../src/database/data-sources";
import { verifyActivityLog } from "../../src/activity/verify-activity-log";
import { Database } from "../../src/database/database";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { startTestServer, type TestServer } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { aReceiver } from "../webhooks/receiver";
import { restoreDatabase } from "./database-dump";
import { asIntended, withoutAdditions } from "./intended-changes";
import { asked, questions } from "./questions";
import { type Data, mutationOf } from "./release-api";
import { fixtureFiles, readFacts, releasesWithFixture } from "./release-fixture";
import { tableRows, type TableRows } from "./table-rows";
import { changesToOldRows } from "./changes";

const EVENTS = "subscription ($after: String) { events(after: $after) { id type position cursor } }";
const INVITE = mutationOf("inviteCustomer", "invitation { id }");

describe.each(releasesWithFixture())("a database that release %s wrote", (release) => {
  const facts = readFacts(release, testDatabase);
  const { dump } = fixtureFiles(release, testDatabase);
  let storage: TestDatabase;
  let server: TestServer;
  let before: TableRows;

  /** The newest program, at the time when the fixture was made. */
  const start = async (deliveriesAtOnce: string): Promise<TestServer> => {
    const started = await startTestServer(
      {
        SECRETS_KEY: facts.secretsKey,
        WEBHOOKS_ALLOW_INSECURE: "on",
        WEBHOOK_DELIVERIES_AT_ONCE: deliveriesAtOnce,
      },
      storage,
    );
    started.setClock(facts.now);
    return started;
  };
  const ask = async (person: string, document: string, variables?: object): Promise<Data> => {
    const { data, errors } = await (await server.as(person)).ask(document, variables);
    expect(errors).toBeUndefined();
    return data;
  };

  beforeAll(async () => {
    storage = await makeTestDatabase();
    await restoreDatabase(dump, storage.address);
    const address = { flavour: "mariadb", ...storage.address } as MysqlAddress | SqliteAddress;
    const unmigrated = await Database.open({ address });
    before = await tableRows(unmigrated.schemaSource);
    await unmigrated.close();
    server = await start("0");
  });
  afterAll(async () => {
    await server.stop();
    await storage.drop();
  });

  it("has the same rows after the start as before, and not few", async () => {
    expect(await tableRows(server.running.services.database.schemaSource, before)).toEqual(before);
    const sizes = Object.entries(before).map(([table, { rows }]) => [table, rows.length] as const);
    expect(sizes.filter(([, rows]) => rows === 0)).toEqual([]);
  });

  it.each(Object.keys(asked))("answers %s as that release did", async (person) => {
    const partnerId = facts.answers[person]?.viewer?.viewer.partner?.id as string | undefined;
    for (const name of asked[person] ?? [])
      expect({ [name]: withoutAdditions(await ask(person, questions[name] ?? "")) }).toEqual({
        [name]: asIntended(facts.answers[person]?.[name] ?? {}, partnerId),
      });
  });

  it("lets API keys of that time in, and keeps out the one that was revoked", async () => {
    const holder = (name: string) =>
      server.withToken(facts.apiKeys[name]).ask("{ customers(first: 1) { totalCount } }");
    const totalCount: unknown = facts.answers["direct-agent"]?.customers.customers.totalCount;
    for (const name of ["used", "rotated", "rotatedTo"])
      expect(await holder(name)).toEqual({ data: { customers: { totalCount } } });
    expect((await holder("revoked")).errors?.[0]?.extensions.code).toBe("API_KEY_INVALID");
  });

  it("gives the first result to a repeat with an idempotency key of that time, and does nothing", async () => {
    const { database } = server.running.services;
    const count = async () => (await tableRows(database.schemaSource)).event?.rows.length;
    const events = await count();
    for (const { person, field, input, selection, payload } of facts.repeatable)
      expect((await ask(person, mutationOf(field, selection), { input }))[field]).toEqual(payload);
    expect(await count()).toBe(events);
  });

  it("goes on with live events behind a cursor of that time", async () => {
    const known = facts.answers["direct-agent"]?.events.events.nodes as { id: string; cursor: string }[];
    const caller = await server.as("direct-agent");
    const listener = await caller.listen(EVENTS, { after: known.at(-4)?.cursor });
    for (const { id, cursor } of known.slice(-3))
      expect((await listener.next()).data.events).toMatchObject({ id, cursor });
    await ask("direct-agent", INVITE, { input: { recipientEmail: "new@example.com" } });
    expect((await listener.next()).data.events).toMatchObject({
      type: "INVITATION_SENT",
      position: known.length + 1,
    });
    listener.stop();
  });

  it("posts new events to an endpoint of that time, signed with its secret", async () => {
    const receiver = await aReceiver();
    const poster = await start("2");
    try {
      const input = { endpointId: facts.ids.good, url: receiver.url };
      await ask("direct-admin", mutationOf("updateWebhookEndpoint", "endpoint { id }"), { input });
      await ask("direct-agent", INVITE, { input: { recipientEmail: "posted@example.com" } });
      await until(() => receiver.got.some(({ event }) => event.type === "invitation.sent"));
    } finally {
      await poster.stop();
      await receiver.close();
    }
    const [{ headers, body }] = receiver.got as [(typeof receiver.got)[0]];
    const key = Buffer.from((facts.webhookSecrets.good ?? "").replace("whsec_", ""), "base64");
    const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
    const signature = createHmac("sha256", key).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
  });

  it("takes a change of each kind of thing that is in it", async () => {
    for (const { person, field, input, selection } of await changesToOldRows(facts, ask)) {
      const payload = (await ask(person, mutationOf(field, selection), { input }))[field];
      expect({ [field]: payload.userErrors }).toEqual({ [field]: [] });
    }
  });

  it("has whole activity logs after all that", async () => {
    const ctx = makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "upgrade-test");
    const damaged: unknown[] = [];
    let records = 0;
    for await (const report of verifyActivityLog(ctx)) {
      records += report.records;
      if (report.damage) damaged.push(report);
    }
    expect(damaged).toEqual([]);
    expect(records).toBeGreaterThan(before.activity_record?.rows.length ?? Infinity);
  });
});
