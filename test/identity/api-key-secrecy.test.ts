import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../src/config/config";
import { makeApiKeySecret } from "../../src/identity/api-key-secret";
import { openLog } from "../../src/logging/open-log";
import { startServer } from "../../src/start/start-server";
import { demoPeople } from "../../src/demo";
import { post } from "../api/at-the-endpoint";
import { openSocket } from "../live/socket";
import type { Answer } from "../support/test-server";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { PATIENT_WAITS } from "../support/patience";

/** A server that keeps every line of its log, and the database it writes to. */
let server: Awaited<ReturnType<typeof startServer>>;
let database: TestDatabase;
const log: string[] = [];
beforeAll(async () => {
  database = await makeTestDatabase({ migrated: true });
  const config = loadConfig({ ...database.environment, PORT: "0", LOG_LEVEL: "trace" });
  server = await startServer(config, openLog(config, { write: (line: string) => void log.push(line) }), {
    waits: PATIENT_WAITS,
  });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** Everything that stands in any table. */
async function everyRow(): Promise<string> {
  const { database: source } = server.services;
  return source.read(async (reads) => {
    const tables = await reads.rows<Record<string, string>>(
      testDatabase === "sqlite" ? "SELECT name FROM sqlite_master WHERE type = 'table'" : "SHOW TABLES",
    );
    const dumps: string[] = [];
    for (const table of tables) {
      const name = Object.values(table)[0];
      dumps.push(`${name} ${JSON.stringify(await reads.rows(`SELECT * FROM ${name}`))}`);
    }
    return dumps.join("\n");
  });
}

/** What is in the embedded database's files, also in pages that are no longer used. */
function everyByte(): string {
  const files = readdirSync(database.folder).filter((name) => name.includes("sqlite"));
  return files.map((name) => readFileSync(join(database.folder, name), "latin1")).join("\n");
}

async function ask(query: string, variables: object = {}, bearer?: string): Promise<Answer> {
  const person = demoPeople["direct-admin"];
  if (!person) throw new Error("there is no such person");
  const token = bearer ?? (await server.developmentIssuer?.sign(person, 600));
  return (await post(server, { query, variables }, { authorization: `Bearer ${token}` })).body;
}

describe("the secrets of API keys", () => {
  it("are in the answers that give them, and in no table, event, activity record or line of the log", async () => {
    const idempotencyKey = "canary-idempotency-key";
    const create = `mutation ($key: String) { createApiKey(input: {
      name: "Canary", permissions: ["event.read", "viewer.read"], idempotencyKey: $key }) { apiKey { id } secret } }`;
    const rotate = `mutation ($id: ID!, $key: String) {
      rotateApiKey(input: { apiKeyId: $id, idempotencyKey: $key }) { secret } }`;
    const created = (await ask(create, { key: idempotencyKey })).data.createApiKey;
    expect((await ask(create, { key: idempotencyKey })).data.createApiKey).toEqual(created);
    const { id } = created.apiKey as { id: string };
    const rotated = (await ask(rotate, { id, key: `${idempotencyKey}-2` })).data.rotateApiKey;
    const unknown = makeApiKeySecret();
    const secrets = [created.secret, rotated.secret, unknown, `${rotated.secret.slice(0, -1)}~`] as string[];
    for (const secret of secrets) {
      await ask("{ viewer { displayName } customers { nodes { id } } }", {}, secret);
      const socket = await openSocket(server);
      socket.send({ type: "connection_init", payload: { authorization: `Bearer ${secret}` } });
      socket.subscribe("1", "subscription { events { id } }");
      await Promise.race([socket.closed, socket.heard(({ type }) => type === "connection_ack")]);
      socket.socket.close();
    }
    await ask(`mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { userErrors { code } } }`, {
      id,
    });
    await ask("{ viewer { displayName } }", {}, created.secret);

    const rows = await everyRow();
    for (const table of ["api_key_secret", "event ", "idempotency_record", "activity_record"])
      expect(rows).toContain(table);
    expect(rows).toContain("api-key.revoked");
    const places = [rows, log.join(""), testDatabase === "sqlite" ? everyByte() : ""];
    for (const secret of secrets) {
      for (const place of places) {
        expect(place).not.toContain(secret.slice(4, 24));
        expect(place).not.toContain(secret.slice(24, 47));
        expect(place).not.toContain(Buffer.from(secret).toString("base64").slice(8, 40));
        expect(place).not.toContain(Buffer.from(secret).toString("hex").slice(8, 40));
      }
    }
  });

  it("that were refused are told to the operator with the reason and the key's id, and to the caller without", async () => {
    const made = await ask(`mutation { createApiKey(input: { name: "Gone", permissions: ["viewer.read"] }) {
      apiKey { id } secret } }`);
    const { apiKey, secret } = made.data.createApiKey as { apiKey: { id: string }; secret: string };
    const change = (mutation: string, more = "") =>
      ask(`mutation { ${mutation}(input: { apiKeyId: "${apiKey.id}" ${more} }) { userErrors { code } } }`);
    const told = async (bearer: string) => {
      log.length = 0;
      const { errors } = await ask("{ viewer { kind } }", {}, bearer);
      expect(errors).toMatchObject([{ extensions: { code: "API_KEY_INVALID" } }]);
      expect(JSON.stringify(errors)).not.toContain(apiKey.id);
      const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
      const requestId = errors?.[0]?.extensions.requestId;
      return lines
        .filter((line) => line.msg === "sign-in refused" && line.requestId === requestId)
        .map(({ code, reason, apiKeyId }) => ({ code, reason, apiKeyId }));
    };
    const code = "API_KEY_INVALID";
    expect(await told(secret.slice(0, -1))).toEqual([{ code, reason: "mistyped" }]);
    expect(await told(makeApiKeySecret())).toEqual([{ code, reason: "unknown" }]);
    await change("rotateApiKey", "overlapHours: 0");
    expect(await told(secret)).toEqual([{ code, reason: "rotated out", apiKeyId: apiKey.id }]);
    await change("revokeApiKey");
    expect(await told(secret)).toEqual([{ code, reason: "revoked", apiKeyId: apiKey.id }]);
    // Before that a busy machine must have made it.
    const end = Date.now() + 3_000;
    const brief = await ask(
      `mutation ($end: DateTime) { createApiKey(input: { name: "Brief", permissions: ["viewer.read"], expiresAt: $end }) {
         apiKey { id } secret } }`,
      { end: new Date(end).toISOString() },
    );
    await new Promise((resolve) => setTimeout(resolve, end + 50 - Date.now()));
    expect(await told(brief.data.createApiKey.secret)).toEqual([
      { code, reason: "expired", apiKeyId: brief.data.createApiKey.apiKey.id },
    ]);
  });
});
