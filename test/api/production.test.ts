import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "graphql-ws";
import pino from "pino";
import WebSocket from "ws";
import { loadConfig } from "../../src/config/config";
import { openDevelopmentIssuer } from "../../src/identity";
import { demoPeople } from "../../src/demo";
import { startServer } from "../../src/start/start-server";
import { makeTestDatabase } from "../support/test-database";
import { startTestServer, type TestServer } from "../support/test-server";
import { post, send } from "./at-the-endpoint";
import { PATIENT_WAITS } from "../support/patience";

const INTROSPECTION = { query: "{ __schema { queryType { name } } }" };

describe("outside production", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it("the schema is told to everybody, token or not", async () => {
    const { status, body } = await post(server, INTROSPECTION);
    expect({ status, body }).toEqual({
      status: 200,
      body: { data: { __schema: { queryType: { name: "Query" } } } },
    });
  });

  it("the explorer is served, and asks nothing of another origin", async () => {
    const { status, headers, text } = await send(`${server.url}/explorer`);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(text).toContain("Partnergraph explorer");
  });

  it("the page that invitation links point to is served, whole in itself", async () => {
    const { status, headers, text } = await send(`${server.url}/invitation`);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/=]+';/,
    );
    expect(text).toContain("acceptInvitation");
    expect(text).not.toMatch(/(src|href)=/);
  });

  it("the process is alive and ready while the database answers", async () => {
    expect(await send(`${server.url}/healthz`)).toMatchObject({ status: 200, body: { status: "ok" } });
    expect(await send(`${server.url}/readyz`)).toMatchObject({ status: 200, body: { status: "ready" } });
  });
});

describe("in production", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ NODE_ENV: "production", PUBLIC_URL: "https://partners.example/" });
  });
  afterAll(() => server.stop());

  it("the schema is not told to strangers", async () => {
    const { status, body } = await post(server, INTROSPECTION);
    expect(status).toBe(401);
    expect(body.data).toBeUndefined();
    expect(body.errors).toMatchObject([{ extensions: { code: "TOKEN_MISSING", kind: "UNAUTHENTICATED" } }]);
  });

  it("there is no explorer and no issuer of demo tokens", async () => {
    expect(await send(`${server.url}/explorer`)).toMatchObject({ status: 404 });
    expect(server.running.developmentIssuer).toBeUndefined();
  });

  it("a token of a development issuer is worth nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "partnergraph-issuer-"));
    const issuer = await openDevelopmentIssuer(folder);
    rmSync(folder, { recursive: true });
    const token = await issuer.sign(demoPeople["direct-admin"], 60);
    const answer = await server.withToken(token).ask("{ viewer { kind } }");
    expect(answer.errors).toMatchObject([{ extensions: { code: "TOKEN_INVALID" } }]);
  });

  it("the database stays empty", async () => {
    const rows = await server.running.services.database.read((reads) => reads.rows("SELECT id FROM partner"));
    expect(rows).toEqual([]);
  });

  it("a WebSocket without a token is closed before it can ask anything", async () => {
    const client = createClient({
      url: `${server.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const refused = new Promise((resolve) =>
      client.subscribe(INTROSPECTION, {
        next: resolve,
        error: resolve,
        complete: () => resolve("completed"),
      }),
    );
    expect(await refused).toMatchObject({ code: 4403 });
    await client.dispose();
  });
});

describe("the live door in production", () => {
  it("tells the schema to somebody who is signed in", async () => {
    const testDatabase = await makeTestDatabase({ migrated: true });
    // No operator can have this, and it is the only way to be signed in to production in a test.
    const config = { ...loadConfig({ ...testDatabase.environment, PORT: "0" }), production: true };
    const running = await startServer(config, pino({ level: "silent" }), { waits: PATIENT_WAITS });
    const token = await running.developmentIssuer?.sign(demoPeople["direct-admin"], 60);
    const client = createClient({
      url: `${running.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    const ask = (query: string) =>
      new Promise((resolve) =>
        client.subscribe({ query }, { next: resolve, error: resolve, complete: () => undefined }),
      );
    try {
      expect(await ask("{ viewer { kind } }")).toMatchObject({ data: { viewer: { kind: "PARTNER_USER" } } });
      expect(await ask(INTROSPECTION.query)).toMatchObject({
        data: { __schema: { queryType: { name: "Query" } } },
      });
    } finally {
      await client.dispose();
      await running.stop();
      await testDatabase.drop();
    }
  });
});

describe("readiness", () => {
  it("asks the database once for all who want to know at the same time or soon after", async () => {
    const testDatabase = await makeTestDatabase({ migrated: true });
    const config = loadConfig({ ...testDatabase.environment, PORT: "0", DEMO: "off" });
    let checks = 0;
    const onStatement = (sql: string) => void (checks += /UPDATE migration_lease/.test(sql) ? 1 : 0);
    const running = await startServer(config, pino({ level: "silent" }), {
      onStatement,
      waits: PATIENT_WAITS,
    });
    try {
      checks = 0;
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(`${running.url}/readyz`)));
      for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { status: "ready" } });
      expect(checks).toBe(1);
    } finally {
      await running.stop();
      await testDatabase.drop();
    }
  });

  it("is taken back when the database is away, while the process is alive", async () => {
    const testDatabase = await makeTestDatabase({ migrated: true });
    const config = loadConfig({ ...testDatabase.environment, PORT: "0", DEMO: "off" });
    const running = await startServer(config, pino({ level: "silent" }), { waits: PATIENT_WAITS });
    try {
      await running.services.database.close();
      const away = {
        status: 503,
        body: { status: "not ready", reason: expect.stringMatching(/^DATABASE_/) as string },
      };
      expect(await send(`${running.url}/readyz`)).toMatchObject(away);
      expect(await send(`${running.url}/healthz`)).toMatchObject({ status: 200 });
    } finally {
      await running.stop().catch(() => undefined); // It cannot give back the connections that it lost.
      await testDatabase.drop();
    }
  });
});
