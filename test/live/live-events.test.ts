import { setTimeout as pause } from "node:timers/promises";
import { type Answer, type Listener, startTestServer, type TestServer } from "../support/test-server";
import { makeGate } from "../database/gate";
import { HEAD, inviteAndAccept, onServer, organizationOf, removeRelationship } from "./scenario";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const ACCEPTED = `subscription ($after: String) { invitationAccepted(after: $after) {
  ${HEAD} invitationId companyName relationshipIds customer { id companyName } relationships { id status } } }`;
const REMOVED = `subscription ($after: String) { relationshipRemoved(after: $after) {
  ${HEAD} relationshipId companyName customer { id } } }`;
const EVENTS = `subscription ($after: String, $types: [EventType!]) { events(after: $after, types: $types) { ${HEAD} } }`;

const listenAs = async (person: string, document: string, variables = {}) =>
  (await server.as(person)).listen(document, variables);

/** Fails if a listener has heard anything, after giving it the time to. */
async function hearsNothing(...listeners: Listener[]): Promise<void> {
  await pause(300);
  expect(listeners.map(({ waiting, over }) => ({ waiting, over }))).toEqual(
    listeners.map(() => ({ waiting: 0, over: undefined })),
  );
}

const stopAll = (...listeners: Listener[]) => listeners.forEach((listener) => listener.stop());

describe("an accepted invitation", () => {
  it("is heard by reseller, provider and customer, with everything an event has, and by nobody else", async () => {
    const provider = await organizationOf(server, "provider-agent");
    const told = await Promise.all(
      ["reseller-agent", "provider-agent", "customer-admin-1"].map((person) => listenAs(person, ACCEPTED)),
    );
    const others = await Promise.all([
      listenAs("direct-agent", EVENTS),
      listenAs("customer-admin-2", EVENTS),
      listenAs("reseller-agent", REMOVED),
    ]);
    const { invitationId, relationshipIds } = await inviteAndAccept(server, {
      inviter: "reseller-agent",
      provider,
    });

    const ids = new Set<string>();
    for (const listener of told) {
      const { data, errors } = await listener.next();
      expect(errors).toBeUndefined();
      const event = data.invitationAccepted;
      expect(event).toMatchObject({
        type: "INVITATION_ACCEPTED",
        invitationId,
        companyName: "Blue Fern Bakery",
      });
      expect(event.id).toMatch(/^evt_[0-9a-z]{26}$/);
      expect(event.position).toBeGreaterThan(0);
      expect(event.cursor).toMatch(/^[\w-]+$/);
      expect(Math.abs(Date.parse(event.occurredAt as string) - Date.now())).toBeLessThan(10_000);
      expect([...event.relationshipIds].sort()).toEqual([...relationshipIds].sort());
      expect(event.customer).toMatchObject({ companyName: "Blue Fern Bakery" });
      expect(event.relationships.length).toBeGreaterThan(0);
      ids.add(event.id as string);
    }
    expect(ids.size).toBe(1);
    await hearsNothing(...told, ...others);
    stopAll(...told, ...others);
    for (const id of relationshipIds) {
      await removeRelationship(server, id, "reseller-agent").catch(() =>
        removeRelationship(server, id, "provider-agent"),
      );
    }
  });

  it("is heard only after the commit, and never when the use case fails", async () => {
    const listener = await listenAs("direct-agent", EVENTS);
    const organizationId = await organizationOf(server, "direct-agent");
    const facts = {
      customerId: "c",
      partnerId: organizationId,
      companyName: "Later",
      domain: "later.example",
    };
    const gate = makeGate();
    const committing = onServer(server).transaction(async (tx) => {
      tx.record("customer.updated", facts);
      await gate.passed;
    });
    await hearsNothing(listener);
    gate.open();
    await committing;
    const { position } = (await listener.next()).data.events;

    const failing = onServer(server).transaction(async (tx) => {
      tx.record("customer.updated", facts);
      await Promise.resolve();
      throw new Error("refused");
    });
    await expect(failing).rejects.toThrow("refused");
    await hearsNothing(listener);

    const { relationshipIds } = await inviteAndAccept(server);
    expect((await listener.next()).data.events).toMatchObject({
      type: "INVITATION_SENT",
      position: position + 1,
    });
    listener.stop();
    await removeRelationship(server, relationshipIds[0] ?? "");
  });
});

describe("a removed relationship", () => {
  it("is heard by partner and customer, and still says which customer it was", async () => {
    const { relationshipIds } = await inviteAndAccept(server, { customer: "customer-admin-2" });
    const [partner, customer] = [
      await listenAs("direct-agent", REMOVED),
      await listenAs("customer-admin-2", REMOVED),
    ];
    const others = [await listenAs("provider-agent", REMOVED), await listenAs("customer-admin-1", REMOVED)];
    await removeRelationship(server, relationshipIds[0] ?? "");

    const atPartner = (await partner.next()).data.relationshipRemoved;
    expect(atPartner).toMatchObject({
      relationshipId: relationshipIds[0],
      companyName: "Granite Peak Outfitters",
    });
    expect(atPartner).toMatchObject({ type: "RELATIONSHIP_REMOVED", customer: null });
    const atCustomer = (await customer.next()).data.relationshipRemoved;
    expect(atCustomer.customer.id).toMatch(/^cust_/);
    await hearsNothing(partner, customer, ...others);
    stopAll(partner, customer, ...others);
  });
});

describe("a listener that was away", () => {
  const next = async (listener: Listener, count: number) => {
    const heard: Answer[] = [];
    while (heard.length < count) heard.push(await listener.next());
    return heard.map(
      ({ data }) => Object.values(data as object)[0] as { position: number; type: string; cursor: string },
    );
  };

  it("gets what it missed after its cursor, then what happens, without gap or repeat", async () => {
    const { data } = await (
      await server.as("customer-admin-1")
    ).ask("{ events { nodes { cursor position } } }");
    const known = data.events.nodes.at(-1) ?? { position: 0 };
    const missed = await inviteAndAccept(server);
    await removeRelationship(server, missed.relationshipIds[0] ?? "");
    const listener = await listenAs("customer-admin-1", EVENTS, { after: known.cursor });
    const live = await inviteAndAccept(server);
    await removeRelationship(server, live.relationshipIds[0] ?? "");

    const heard = await next(listener, 6);
    expect(heard.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6].map((n) => known.position + n));
    const scenario = ["RELATIONSHIP_ESTABLISHED", "INVITATION_ACCEPTED", "RELATIONSHIP_REMOVED"];
    expect(heard.map(({ type }) => type)).toEqual([...scenario, ...scenario]);
    await hearsNothing(listener);

    const types = ["RELATIONSHIP_REMOVED", "INVITATION_ACCEPTED"];
    const filtered = await listenAs("customer-admin-1", EVENTS, { after: heard[1]?.cursor, types });
    expect((await next(filtered, 3)).map(({ type }) => type)).toEqual([
      scenario[2],
      scenario[1],
      scenario[2],
    ]);
    const accepted = await listenAs("customer-admin-1", ACCEPTED, { after: heard[1]?.cursor });
    expect(await next(accepted, 1)).toMatchObject([{ position: known.position + 5 }]);
    await hearsNothing(filtered, accepted);
    stopAll(listener, filtered, accepted);
  });

  it.each(["events", "invitationAccepted", "relationshipRemoved"])(
    "is refused at %s with a cursor of another organization, or none at all",
    async (field) => {
      await inviteAndAccept(server).then(({ relationshipIds }) =>
        removeRelationship(server, relationshipIds[0] ?? ""),
      );
      const { data } = await (
        await server.as("customer-admin-1")
      ).ask("{ events(first: 1) { nodes { cursor } } }");
      const document = `subscription ($after: String) { ${field}(after: $after) { id } }`;
      const foreign = data.events.nodes[0].cursor as string;
      for (const [after, code] of [
        [foreign, "EVENTS_CURSOR_FOREIGN"],
        ["nonsense", "EVENTS_CURSOR_INVALID"],
      ]) {
        const listener = await listenAs("direct-agent", document, { after });
        const { errors } = await listener.next();
        expect(errors).toMatchObject([{ extensions: { code, kind: "INVALID", field: "after" } }]);
        expect(JSON.stringify(errors)).not.toContain(foreign);
        listener.stop();
      }
    },
  );
});
