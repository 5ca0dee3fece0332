import { startTestServer, type TestServer } from "../support/test-server";

let plain: TestServer;
let secure: TestServer;
beforeAll(async () => {
  plain = await startTestServer();
  secure = await startTestServer({ PUBLIC_URL: "https://partners.example" });
});
afterAll(async () => {
  await plain.stop();
  await secure.stop();
});

const json = { "content-type": "application/json" };
const ANSWERS: [string, string, RequestInit][] = [
  ["an answer of GraphQL", "/graphql", { method: "POST", headers: json, body: '{"query":"{ __typename }"}' }],
  ["a refusal of GraphQL", "/graphql?query={x}", {}],
  ["a refused stream", "/graphql/stream?query={x}", {}],
  ["a health check", "/healthz", {}],
  ["the explorer", "/explorer", {}],
  ["the invitation page", "/invitation", {}],
  ["what is not there", "/nothing", {}],
  ["a preflight", "/graphql", { method: "OPTIONS" }],
];

describe.each(ANSWERS)("%s", (_what, path, request) => {
  it("is not guessed at, stands in no frame and tells no other site where its reader was", async () => {
    const { headers } = await fetch(`${plain.url}${path}`, request);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.has("x-powered-by")).toBe(false);
  });

  it("asks browsers to come back over https only where PUBLIC_URL is https", async () => {
    const over = async ({ url }: TestServer) =>
      (await fetch(`${url}${path}`, request)).headers.get("strict-transport-security");
    expect(await over(plain)).toBeNull();
    expect(await over(secure)).toMatch(/^max-age=\d{8}$/);
  });
});

it("an answer that is no page may run and load nothing", async () => {
  const { headers } = await fetch(`${plain.url}/healthz`);
  expect(headers.get("content-security-policy")).toBe(
    "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  );
});

it.each(["/explorer", "/invitation"])(
  "the page %s keeps its own policy, under which its script runs",
  async (path) => {
    const { headers } = await fetch(`${plain.url}${path}`);
    expect(headers.get("content-security-policy")).toMatch(/script-src 'sha256-[^']+';/);
    expect(headers.get("content-security-policy")?.match(/default-src/g)).toHaveLength(1);
  },
);
