import { eventCatalogue } from "../../src/events/event-catalogue";
import { post } from "../api/at-the-endpoint";
import { startLoggedServer, type LoggedServer } from "../api/logged-server";
import { openSocket } from "../live/socket";
import { type Figure, figuresAt } from "./figures";

let server: LoggedServer;
beforeAll(async () => {
  server = await startLoggedServer({ METRICS_PORT: "0", PUBLIC_URL: "https://links.example" });
});
afterAll(() => server.stop());

const INVITE = `mutation CanaryName($email: String!) {
  canaryAlias: inviteCustomer(input: { recipientEmail: $email, body: "CANARYBODY {{link}}" }) {
    link userErrors { code } } }`;

const unsigned = (...parts: object[]) =>
  [...parts, {}].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");

/** Signs in, refused and not, asks, mistakes and all, with something to be recognised by in every place there is. */
async function liveThrough(): Promise<string[]> {
  const token = await server.token("direct-agent");
  const headers = { authorization: `Bearer ${token}`, "x-request-id": "canary-request" };
  const email = "carla@canary.example";
  const invited = await post(server, { query: INVITE, variables: { email } }, headers);
  const { link } = invited.body.data.canaryAlias;
  for (const query of [
    "{ canaryField }",
    "query CanaryName { canary: __typename ...CanaryF } fragment CanaryF on Query { viewer { kind } }",
    "{ canary",
  ])
    await post(server, { query, operationName: "CanaryName" }, headers);
  const odd = [
    await server.oddToken({ tenantId: "canary-tenant" }),
    await server.oddToken({ issuer: "https://canary.example" }),
    await server.oddToken({ audience: "canary-audience" }),
    // Its library quotes what it does not know.
    unsigned(
      { alg: "EdDSA", crit: ["canary"], canary: true },
      { iss: "urn:partnergraph:development", tid: "t" },
    ),
    "garbage.canary.token",
    "pgk_canary",
  ];
  for (const one of odd)
    await post(server, { query: "{ viewer { kind } }" }, { authorization: `Bearer ${one}` });
  const socket = await openSocket(server, token);
  socket.subscribe("canary-id", "subscription CanaryName { canary: events { id } }");
  socket.subscribe("canary-id-2", "{ canaryField }");
  await socket.heard(({ type }) => type === "error");
  socket.socket.terminate();
  return [token, link, email];
}

/** Every value of a label that is no fixed word of the program's own. */
function anonymousIn(figures: Figure[]): string[] {
  const isUsual = (text: string) =>
    /^[A-Za-z_]{0,40}$/.test(text) || /^(\d+(\.\d+)?|\+Inf|v20[\d.]+)$/.test(text);
  const values = figures.flatMap(({ labels }) => Object.entries(labels));
  return [...new Set(values.filter(([, text]) => !isUsual(text)).map(([key, text]) => `${key}: ${text}`))];
}

describe("the figures, after everything that callers may say was said", () => {
  it("hold nothing of it: no name, address, id, token or text of a caller's", async () => {
    const secrets = await liveThrough();
    const text = await (await fetch(server.running.metricsUrl!)).text();
    expect(text).toContain('operation="inviteCustomer"');
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/canary|[\w.+-]+@|links\.example|amir|_[0-7][0-9a-hjkmnp-tv-z]{25}/i);
  });

  it("have labels of the program's own words only", async () => {
    await liveThrough();
    const strangers = anonymousIn(await figuresAt(server.running.metricsUrl!));
    expect(strangers.filter((one) => !one.startsWith("reason: ") && !one.startsWith("type: "))).toEqual([]);
    expect(strangers.filter((one) => one.startsWith("reason: ")).sort()).toEqual([
      "reason: it is not a JWT",
      "reason: wrong audience",
      "reason: wrong issuer: none that is configured, or not its tenant's",
    ]);
    const types = strangers.filter((one) => one.startsWith("type: ")).map((one) => one.slice(6));
    expect(types).toContain("invitation.sent");
    expect(types.filter((type) => !(type in eventCatalogue))).toEqual([]);
  });
});
