import { FairTurns } from "../../src/context/fair-turns";
import { openSocket } from "../live/socket";
import { organizationOf } from "../live/scenario";
import { type Answer, startTestServer, type TestServer } from "../support/test-server";

const REQUEST_MS = 100;
const AT_ONCE = 20;
const QUERY =
  "{ events(first: 100) { nodes { position type occurredAt } totalCount } customers { nodes { id } } }";

let server: TestServer;
let token: string;
let organizationId: string;
beforeAll(async () => {
  const waits = { lockSeconds: 1, requestMs: REQUEST_MS, maxMs: 30_000 };
  server = await startTestServer({ LIMIT_BUDGET: "100000000" }, undefined, { waits });
  token = await server.token("direct-agent");
  organizationId = await organizationOf(server, "direct-agent");
});
afterAll(() => server.stop());

/** Work of the same organization that is ready, takes much longer than a request may wait, and comes first. */
function fillTurns(): Promise<unknown> {
  const turns = new FairTurns(1, 1);
  server.running.services.turns = turns;
  const pieces = Array.from({ length: 6 * REQUEST_MS }, async () => {
    await turns.turn(organizationId);
    for (const until = performance.now() + 1; performance.now() < until;);
  });
  return Promise.all(pieces);
}

const times = <T>(work: (n: number) => T) => Array.from({ length: AT_ONCE }, (_, n) => work(n));

const ENDPOINTS: Record<string, () => Promise<(Answer | undefined)[]>> = {
  HTTP: () => Promise.all(times(() => server.withToken(token).ask(QUERY))),
  WebSocket: async () => {
    const socket = await openSocket(server, token);
    times((n) => socket.subscribe(String(n), QUERY));
    const answers = await Promise.all(
      times((n) => socket.heard(({ id, type }) => id === String(n) && type !== "complete", 20_000)),
    );
    socket.socket.close();
    return answers.map(({ payload }) => (Array.isArray(payload) ? { errors: payload } : payload) as Answer);
  },
  // Refused before it begins, a stream is answered as a request is.
  SSE: () =>
    Promise.all(
      times(async () => {
        const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
        const body = JSON.stringify({ query: QUERY });
        const response = await fetch(`${server.url}/graphql/stream`, { method: "POST", headers, body });
        return (await response.json()) as Answer;
      }),
    ),
};

it.each(Object.keys(ENDPOINTS))(
  "an operation over %s that waits for its turn beyond its deadline is refused as busy, and the next one is answered",
  async (endpoint) => {
    const filled = fillTurns();
    const answers = (await ENDPOINTS[endpoint]?.()) ?? [];
    expect(answers).toHaveLength(AT_ONCE);
    const busy = {
      message: expect.stringMatching(/^Too many operations are under way\. The request waited/) as string,
      extensions: { code: "SERVICE_BUSY", details: { retryAfterSeconds: 1 } },
    };
    for (const answer of answers) expect(answer?.errors).toMatchObject([busy]);
    await filled;
    expect((await server.withToken(token).ask(QUERY)).errors).toBeUndefined();
  },
  60_000,
);
