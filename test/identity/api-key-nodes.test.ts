import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { loadConfig } from "../../src/config/config";
import { demoPeople } from "../../src/demo";
import { type RunningServer, startServer } from "../../src/start/start-server";
import { post } from "../api/at-the-endpoint";
import type { Answer } from "../support/test-server";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { PATIENT_WAITS, PATIENCE_MS, within } from "../support/patience";

/** Two nodes on one database, without Redis: neither hears the other's bell. */
let database: TestDatabase;
let nodes: [RunningServer, RunningServer];
beforeAll(async () => {
  database = await makeTestDatabase({ migrated: true });
  const config = loadConfig({ ...database.environment, PORT: "0" });
  const start = () =>
    startServer(config, pino({ level: "silent" }), { sharesSqlite: true, waits: PATIENT_WAITS });
  nodes = [await start(), await start()];
});
afterAll(async () => {
  for (const node of nodes) await node.stop();
  await database.drop();
});

async function ask(
  node: RunningServer,
  query: string,
  variables: object = {},
  key?: string,
): Promise<Answer> {
  const person = demoPeople["direct-admin"];
  if (!person) throw new Error("there is no such person");
  const bearer = key ?? (await node.developmentIssuer?.sign(person, 600));
  return (await post(node, { query, variables }, { authorization: `Bearer ${bearer}` })).body;
}

async function aKey(): Promise<{ id: string; secret: string }> {
  const { data } = await ask(
    nodes[0],
    `mutation { createApiKey(input: { name: "K", permissions: ["viewer.read"] }) { apiKey { id } secret } }`,
  );
  return { id: data.createApiKey.apiKey.id, secret: data.createApiKey.secret };
}

const opens = async (node: RunningServer, secret: string) =>
  (await ask(node, "{ viewer { apiKeyId } }", {}, secret)).errors === undefined;

/** After how many milliseconds a node refuses a secret. */
async function refusedAfter(node: RunningServer, secret: string): Promise<number> {
  const startedAt = performance.now();
  while (await opens(node, secret)) {
    if (performance.now() - startedAt > PATIENCE_MS) throw new Error("it still works");
    await pause(20);
  }
  return performance.now() - startedAt;
}

describe("an API key on two nodes", () => {
  it("works on both as soon as it was made", async () => {
    const { secret } = await aKey();
    expect(await Promise.all(nodes.map((node) => opens(node, secret)))).toEqual([true, true]);
  });

  it("that one revokes is refused there at once, and by the other within two seconds", async () => {
    const { id, secret } = await aKey();
    for (const node of nodes) expect(await opens(node, secret)).toBe(true);
    await ask(
      nodes[0],
      `mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { userErrors { code } } }`,
      { id },
    );
    expect(await opens(nodes[0], secret)).toBe(false);
    expect(await refusedAfter(nodes[1], secret)).toBeLessThan(within(2_000));
  });

  it("whose old secret one stops by a rotation is refused with it by the other within two seconds", async () => {
    const { id, secret } = await aKey();
    for (const node of nodes) expect(await opens(node, secret)).toBe(true);
    const { data } = await ask(
      nodes[0],
      `mutation ($id: ID!) { rotateApiKey(input: { apiKeyId: $id, overlapHours: 0 }) { secret } }`,
      { id },
    );
    expect(await opens(nodes[0], secret)).toBe(false);
    expect(await refusedAfter(nodes[1], secret)).toBeLessThan(within(2_000));
    for (const node of nodes) expect(await opens(node, data.rotateApiKey.secret)).toBe(true);
  });

  it("that was used on a node which stops has its last use written before the connections are given back", async () => {
    const { id, secret } = await aKey();
    const config = loadConfig({ ...database.environment, PORT: "0" });
    const third = await startServer(config, pino({ level: "silent" }), {
      sharesSqlite: true,
      waits: PATIENT_WAITS,
    });
    const before = new Date().toISOString().slice(0, 16);
    expect(await opens(third, secret)).toBe(true);
    const lastUse = async () => {
      const { data } = await ask(
        nodes[0],
        "query ($id: ID!) { node(id: $id) { ... on ApiKey { lastUsedAt } } }",
        { id },
      );
      return data.node.lastUsedAt as string | null;
    };
    expect(await lastUse()).toBeNull();
    await third.stop();
    const written = (await lastUse()) ?? "";
    expect(written).toMatch(/:00\.000Z$/);
    expect(written >= `${before}:00.000Z`).toBe(true);
  });
});
