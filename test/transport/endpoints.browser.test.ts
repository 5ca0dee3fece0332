import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { type Browser, chromium, type Page } from "playwright-core";
import { loadConfig } from "../../src/config/config";
import { demoPeople } from "../../src/demo";
import { type RunningServer, startServer } from "../../src/start/start-server";

const CHROMIUM = "/usr/bin/chromium";
jest.setTimeout(240_000);

const browserIsHere = existsSync(CHROMIUM);
if (!browserIsHere && !process.env.CI) {
  console.warn(`The endpoints were not tested with a browser: there is no ${CHROMIUM}.`);
}
const inBrowser = browserIsHere || process.env.CI ? describe : () => undefined;

/** A site under a name of its own; the browser finds every name of `.example` on this machine. */
async function aSite(host: string): Promise<{ origin: string; close: () => void }> {
  const site: Server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Elsewhere</title>");
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://${host}:${(site.address() as AddressInfo).port}`,
    close: () => void site.close(),
  };
}

inBrowser("the whole server, to a browser", () => {
  let browser: Browser;
  let server: RunningServer;
  let friend: Awaited<ReturnType<typeof aSite>>;
  let foreign: Awaited<ReturnType<typeof aSite>>;
  let token: string;
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-endpoints-"));
  beforeAll(async () => {
    if (!browserIsHere) throw new Error(`CI must test with a browser, but there is no ${CHROMIUM}.`);
    [friend, foreign] = [await aSite("friend.example"), await aSite("foreign.example")];
    const config = loadConfig({ DATA_DIR: folder, PORT: "0", ALLOWED_ORIGINS: friend.origin });
    server = await startServer(config, pino({ level: "silent" }));
    token = (await server.developmentIssuer?.sign(demoPeople["direct-agent"], 600)) ?? "";
    const args = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-component-update",
      "--no-first-run",
      "--host-resolver-rules=MAP *.example 127.0.0.1",
    ];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    friend?.close();
    foreign?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function pageOf(origin: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(origin);
    return page;
  }

  /** What a script of the page learns from a socket: that it was let in, or nothing. */
  const socketOf = (page: Page) =>
    page.evaluate(`new Promise((resolve) => {
      const socket = new WebSocket("${server.url.replace("http", "ws")}/graphql", "graphql-transport-ws");
      socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: "Bearer ${token}" } }));
      socket.onmessage = ({ data }) => { resolve(JSON.parse(data).type); socket.close(); };
      socket.onclose = ({ code }) => resolve(code);
    })`);

  /** What a script of the page learns from a request with a token. */
  const answerOf = (page: Page, path: string, accept: string) =>
    page.evaluate(`fetch("${server.url}${path}", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "${accept}", authorization: "Bearer ${token}" },
      body: JSON.stringify({ query: "{ viewer { email } }" }),
    }).then(async (answer) => [answer.headers.get("ratelimit-limit") !== null, await answer.text()], (error) => String(error))`);

  it("lets a page of a listed origin open a socket, ask and stream", async () => {
    const page = await pageOf(friend.origin);
    expect(await socketOf(page)).toBe("connection_ack");
    const email = demoPeople["direct-agent"]?.email ?? "";
    for (const [path, accept] of [
      ["/graphql", "application/json"],
      ["/graphql/stream", "text/event-stream"],
    ] as const) {
      expect(await answerOf(page, path, accept)).toEqual([true, expect.stringContaining(email)]);
    }
  });

  it("gives the explorer to nobody who came by a name that was made to lead here", async () => {
    const rebound = new URL(server.url);
    rebound.hostname = "rebound.example";
    const page = await (await browser.newContext()).newPage();
    const statusOf = async (origin: string) =>
      (await page.goto(`${origin}/explorer`, { waitUntil: "commit" }))?.status();
    expect(await statusOf(rebound.origin)).toBe(403);
    expect(await page.content()).not.toMatch(/Bearer|eyJ/);
    expect(await statusOf(server.url)).toBe(200);
  });

  it("lets a page of any other origin do nothing, even with a good token", async () => {
    const page = await pageOf(foreign.origin);
    expect(await socketOf(page)).toBe(1006);
    expect(await answerOf(page, "/graphql", "application/json")).toBe("TypeError: Failed to fetch");
    expect(await answerOf(page, "/graphql/stream", "text/event-stream")).toBe("TypeError: Failed to fetch");
  });

  it("shows an explorer that asks and listens under the server's own headers", async () => {
    const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
    page.setDefaultTimeout(100_000); // the explorer is a big script, and other tests may have the processor
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(`${server.url}/explorer`);
    await page.locator(".graphiql-query-editor").filter({ hasText: "query Customers" }).waitFor();
    await page.locator(".graphiql-execute-button").click();
    await page.locator(".result-window").filter({ hasText: "Amir Costa" }).waitFor();
    await page.locator(".graphiql-tab-button", { hasText: "InvitationAccepted" }).click();
    await page
      .locator(".graphiql-query-editor")
      .filter({ hasText: "subscription InvitationAccepted" })
      .waitFor();
    // GraphiQL reads a tab's operations a moment after it shows their text, so a quick click may run the last tab's.
    for (let tries = 0; server.live.listenerCount === 0; tries++) {
      if (tries === 10) throw new Error(await page.locator(".result-window").innerText());
      await page.locator('.graphiql-execute-button[aria-label^="Execute"]').click();
      for (let waited = 0; server.live.listenerCount === 0 && waited < 5_000; waited += 50) await pause(50);
    }
    expect(problems).toEqual([]);
  });

  it("shows the invitation page, whose script runs", async () => {
    const page = await pageOf(`${server.url}/invitation#${"a".repeat(43)}`);
    await page.locator("#token").filter({ hasText: "aaa" }).waitFor();
    expect(await page.locator("#missing").isVisible()).toBe(false);
  });
});
