import { AgentRole } from "../../entities/identity/user";
import { anOffice, done, inTime, type Office, startTwoNodes, type TwoNodes } from "./nodes";
import { openStream, type RawStream } from "./stream";
import { HEAD, listenersLeft } from "./scenario";

let both: TwoNodes;
let office: Office;
beforeAll(async () => {
  both = await startTwoNodes();
  office = await anOffice(both.nodes[0]);
});
afterAll(() => both.stop());
const EVENTS = `subscription { events(types: [CUSTOMER_UPDATED]) { ${HEAD} } }`;

const opened: RawStream[] = [];
afterEach(async () => {
  for (const stream of opened.splice(0)) stream.hangUp();
  for (const node of both.nodes) await listenersLeft(node);
});

/** Somebody's stream on each node, in place. */
async function onBoth(token: string, wanted = 1): Promise<RawStream[]> {
  const streams = [];
  for (const node of both.nodes) {
    streams.push(await openStream(node, { token, query: EVENTS }));
    expect(await listenersLeft(node, wanted)).toBe(wanted);
  }
  opened.push(...streams);
  return streams;
}

/** Every stream ended within the time that we promise, its last word this error. */
async function endedWith(streams: RawStream[], code: string): Promise<void> {
  for (const stream of streams) {
    expect(await inTime(stream.over)).toBe("ended");
    expect(stream.events).toMatchObject([
      {
        event: "next",
        data: {
          data: null,
          errors: [{ path: ["events"], extensions: { code, requestId: stream.headers["x-request-id"] } }],
        },
      },
      { event: "complete", data: undefined },
    ]);
  }
}

describe("a stream of server-sent events ends with its reason within five seconds on every node", () => {
  it("when its user is deactivated, and nobody else's does", async () => {
    const [gone, colleague] = [await office.agent(), await office.agent()];
    const others = await onBoth(colleague.token);
    const streams = await onBoth(gone.token, 2);
    await done(office.admin, `deactivateUser(input: { userId: "${gone.actor.userId}" })`);
    await endedWith(streams, "USER_INACTIVE");
    for (const node of both.nodes) expect(await listenersLeft(node, 1)).toBe(1);
    expect(others.map(({ events }) => events)).toEqual([[], []]);
  });

  it("when its user loses the role that it needs", async () => {
    const { actor, token } = await office.agent([AgentRole.ADMIN_AGENT, AgentRole.SALES_AGENT]);
    const streams = await onBoth(token);
    await done(office.admin, `updateUser(input: { userId: "${actor.userId}", agentRoles: [SALES_AGENT] })`);
    await endedWith(streams, "FORBIDDEN");
    expect(streams[0]?.events[0]?.data?.errors?.[0]?.message).toContain("ADMIN_AGENT");
  });

  it("when its API key is revoked", async () => {
    const { data } = await office.admin.ask(
      `mutation { createApiKey(input: { name: "Listener", permissions: ["event.read"] }) { apiKey { id } secret } }`,
    );
    const streams = await onBoth(data.createApiKey.secret as string);
    await done(office.admin, `revokeApiKey(input: { apiKeyId: "${data.createApiKey.apiKey.id}" })`);
    await endedWith(streams, "API_KEY_INVALID");
  });

  it("when its token expires", async () => {
    const streams = await onBoth(await both.nodes[0].token("direct-agent", 3));
    await endedWith(streams, "TOKEN_EXPIRED");
  });
});
