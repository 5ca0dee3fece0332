import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import fastifyFactory from "fastify";
import { buildSchema, graphql } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { chromium, type Browser, type Page } from "playwright-core";
import { WebSocketServer } from "ws";
import { registerExplorer, type ExplorerTab } from "../../src/transport/explorer/explorer-page";

const CHROMIUM = "/usr/bin/chromium";
const schema = buildSchema("type Query { me: String! } type Subscription { ticks: String! }");

interface TestServer {
  origin: string;
  port: number;
  connectionInits: unknown[];
  close(): Promise<void>;
}

const servers: TestServer[] = [];

/** A real server on 127.0.0.1 whose API tells each caller which Authorization header it was called with. */
async function startServer(tabs: ExplorerTab[], port = 0): Promise<TestServer> {
  const fastify = fastifyFactory();
  fastify.addHook("onRequest", (_request, reply, done) => {
    void reply.header("access-control-allow-origin", "*");
    done();
  });
  registerExplorer(fastify, {
    ...{ path: "/explorer", endpoint: "/graphql", title: "Explorer </script>", tabs },
    ensureAllowed: () => undefined,
  });
  fastify.post<{ Body: { query: string } }>("/graphql", ({ body, headers }) =>
    graphql({
      schema,
      source: body.query,
      rootValue: { me: `asked by ${headers.authorization ?? "nobody"}` },
    }),
  );
  const sockets = new WebSocketServer({ server: fastify.server, path: "/graphql" });
  const connectionInits = answerSubscriptions(sockets);
  await fastify.listen({ host: "127.0.0.1", port });
  const address = fastify.server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    sockets.clients.forEach((socket) => socket.terminate());
    sockets.close();
    await fastify.close();
  };
  const origin = `http://127.0.0.1:${address.port}`;
  const server = { origin, port: address.port, connectionInits, close };
  servers.push(server);
  return server;
}

function answerSubscriptions(sockets: WebSocketServer): unknown[] {
  const connectionInits: unknown[] = [];
  async function* ticks(_: unknown, payload: { Authorization?: string }) {
    for (let count = 1; ; count += 1) {
      yield { ticks: `tick ${count} for ${payload.Authorization ?? "nobody"}` };
      await sleep(100);
    }
  }
  useServer(
    {
      schema,
      roots: { subscription: { ticks } },
      context: ({ connectionParams }) => connectionParams ?? {},
      onConnect: ({ connectionParams }) => void connectionInits.push(connectionParams),
    },
    sockets,
  );
  return connectionInits;
}

function tabsWithTokens(generation: number): ExplorerTab[] {
  return [
    { query: "query Me { me }", headers: `{"Authorization":"Bearer reseller-${generation}"}` },
    { query: "subscription Ticks { ticks }", headers: `{"Authorization":"Bearer customer-${generation}"}` },
    { query: "query Nobody { me } # </script>" },
  ];
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

interface Answer {
  status: number | undefined;
  headers: IncomingMessage["headers"];
  bytes: Buffer;
}

/** What came over the wire, still packed: neither fetch() nor fastify.inject() would show that here. */
async function ask(server: TestServer, headers: Record<string, string> = {}): Promise<Answer> {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${server.origin}/explorer`, { headers, agent: false }, resolve).on("error", reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return { status: message.statusCode, headers: message.headers, bytes: Buffer.concat(chunks) };
}

describe("the explorer page", () => {
  it("may not be sniffed, framed, kept without asking, or read by another site", async () => {
    const server = await startServer(tabsWithTokens(1));
    const { status, headers } = await ask(server, { origin: "https://elsewhere.example" });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "private, no-cache",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    const policy = String(headers["content-security-policy"]).split("; ");
    for (const rule of ["default-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(rule);
    }
  });

  it("allows exactly its one script, which neither title nor tab can break out of", async () => {
    const { headers, bytes } = await ask(await startServer(tabsWithTokens(1)));
    const scripts = [...bytes.toString().matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
      ([, script]) => script,
    );
    expect(scripts).toHaveLength(1);
    const hash = createHash("sha256").update(scripts.join("")).digest("base64");
    expect(headers["content-security-policy"]).toContain(`; script-src 'sha256-${hash}';`);
  });

  it("is gzipped for those who accept gzip, and plain for the others", async () => {
    const server = await startServer(tabsWithTokens(1));
    const zipped = await ask(server, { "accept-encoding": "br, gzip" });
    const plain = await ask(server, { "accept-encoding": "gzip;q=0, *" });
    expect(zipped.headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(plain.bytes.length).toBeGreaterThan(3 * zipped.bytes.length);
    expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true);
  });

  it("is not sent again to those who have it, until its tabs change", async () => {
    const server = await startServer(tabsWithTokens(1));
    const etag = String((await ask(server)).headers.etag);
    for (const tag of [etag, `"other", ${etag}`, etag.replace("W/", ""), "*"]) {
      const again = await ask(server, { "if-none-match": tag });
      expect([again.status, again.bytes.length, again.headers.etag]).toEqual([304, 0, etag]);
    }
    const changed = await startServer(tabsWithTokens(2));
    expect((await ask(changed, { "if-none-match": etag })).status).toBe(200);
  });
});

const browserIsHere = existsSync(CHROMIUM);
if (!browserIsHere && !process.env.CI) {
  console.warn(`The explorer was not tested in a browser: there is no ${CHROMIUM}.`);
}

const inBrowser = browserIsHere || process.env.CI ? describe : () => undefined;
inBrowser("the explorer in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    if (!browserIsHere)
      throw new Error(`CI must test the explorer in a browser, but there is no ${CHROMIUM}.`);
    const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking"];
    const args = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-component-update",
      "--disable-sync",
      ...quiet,
    ];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
  });
  afterAll(() => browser?.close());

  async function open(server: TestServer): Promise<{ page: Page; problems: string[] }> {
    const page = await (await browser.newContext()).newPage();
    const problems: string[] = [];
    const isOurs = (url: string) =>
      /^(data|blob):/.test(url) || new URL(url).host === new URL(server.origin).host;
    page.on("request", (request) => isOurs(request.url()) || problems.push(`asked ${request.url()}`));
    page.on("websocket", (socket) => isOurs(socket.url()) || problems.push(`asked ${socket.url()}`));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(`${server.origin}/explorer`);
    return { page, problems };
  }
  const EDITORS = {
    query: ".graphiql-query-editor",
    headers: '[data-uri$="request-headers.json"]',
    response: ".result-window",
  };
  const sees = (page: Page, editor: keyof typeof EDITORS, text: string) =>
    page.locator(EDITORS[editor]).filter({ hasText: text }).waitFor();
  const showHeaders = (page: Page) => page.getByRole("button", { name: "Headers" }).click();
  const chooseTab = (page: Page, name: string) =>
    page.locator(".graphiql-tab-button", { hasText: name }).click();
  const run = (page: Page) => page.locator(".graphiql-execute-button").click();

  it("shows the first tab with its headers, runs it with them, and asks nothing of anyone else", async () => {
    const { page, problems } = await open(await startServer(tabsWithTokens(1)));
    await sees(page, "query", "query Me { me }");
    await showHeaders(page);
    await sees(page, "headers", "Bearer reseller-1");
    await run(page);
    await sees(page, "response", "asked by Bearer reseller-1");
    expect(await page.title()).toBe("Explorer </script>");
    expect(problems).toEqual([]);
  });

  it("sends a tab's headers as the connection_init payload of its subscription", async () => {
    const server = await startServer(tabsWithTokens(1));
    const [one, two] = await Promise.all([open(server), open(server)]);
    await Promise.all([one, two].map(({ page }) => chooseTab(page, "Ticks")));
    await showHeaders(two.page);
    await two.page.locator(EDITORS.headers).click();
    await two.page.keyboard.press("Control+A");
    await two.page.keyboard.press("Delete");
    await Promise.all([run(one.page), run(two.page)]);
    await sees(one.page, "response", "for Bearer customer-1");
    await sees(two.page, "response", "for nobody");
    expect(server.connectionInits).toHaveLength(2);
    expect(server.connectionInits).toEqual(
      expect.arrayContaining([{ Authorization: "Bearer customer-1" }, {}]),
    );
    expect([...one.problems, ...two.problems]).toEqual([]);
  });

  it("says when a subscription is cut off, and after a restart keeps the work but not the old tokens", async () => {
    const before = await startServer(tabsWithTokens(1));
    const { page } = await open(before);
    await chooseTab(page, "Ticks");
    await page.locator(`${EDITORS.query} .monaco-editor`).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" # mine");
    await run(page);
    await sees(page, "response", "tick 2");
    // GraphiQL stores an edit about 0.6 s after it was made.
    while (!(await page.evaluate("sessionStorage['graphiql:tabState'].includes('# mine')"))) await sleep(50);
    await before.close();
    await sees(page, "response", "The connection was closed: 1006");
    await startServer(tabsWithTokens(2), before.port);
    await page.reload();
    await sees(page, "query", "# mine");
    await showHeaders(page);
    await sees(page, "headers", "Bearer customer-2");
    await run(page);
    await sees(page, "response", "for Bearer customer-2");
    expect(await page.locator(".graphiql-tab").count()).toBe(3);
  });
});
