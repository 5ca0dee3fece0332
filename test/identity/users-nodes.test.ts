import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { loadConfig } from "../../src/config/config";
import { demoPeople } from "../../src/demo";
import { type RunningServer, startServer } from "../../src/start/start-server";
import { post } from "../api/at-the-endpoint";
import { makeTestDatabase } from "../support/test-database";
import { PATIENT_WAITS, within } from "../support/patience";

describe("another node on the same database", () => {
  const nodes: RunningServer[] = [];
  let dropDatabase: () => Promise<void>;
  beforeAll(async () => {
    const database = await makeTestDatabase({ migrated: true });
    dropDatabase = database.drop;
    const config = loadConfig({ ...database.environment, PORT: "0" });
    for (let n = 0; n < 2; n++)
      nodes.push(
        await startServer(config, pino({ level: "silent" }), { sharesSqlite: true, waits: PATIENT_WAITS }),
      );
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await dropDatabase();
  });

  // One token each: a node knows another one as another caller.
  const tokens = new Map<string, string>();
  const ask = async (node: RunningServer, name: string, query: string) => {
    const token = tokens.get(name) ?? (await node.developmentIssuer?.sign(demoPeople[name], 600)) ?? "";
    tokens.set(name, token);
    return (await post(node, { query }, { authorization: `Bearer ${token}` })).body;
  };

  it.each([
    ["new roles", (id: string) => `updateUser(input: { userId: "${id}", agentRoles: [] })`, "FORBIDDEN"],
    ["a deactivation", (id: string) => `deactivateUser(input: { userId: "${id}" })`, "USER_INACTIVE"],
  ])("sees %s within two seconds", async (_what, mutation, code) => {
    const [here, there] = nodes;
    const name = code === "FORBIDDEN" ? "direct-agent" : "provider-agent";
    const boss = code === "FORBIDDEN" ? "direct-admin" : "provider-admin";
    const known = await ask(there, name, "{ viewer { userId } customers { totalCount } }");
    expect(known.errors).toBeUndefined();
    const done = await ask(
      here,
      boss,
      `mutation { ${mutation(known.data.viewer.userId as string)} { userErrors { code } } }`,
    );
    const since = performance.now();
    expect(done.errors).toBeUndefined();
    for (;;) {
      const askedAt = performance.now() - since;
      const answer = await ask(there, name, "{ customers { totalCount } }");
      if (answer.errors) {
        expect(answer.errors[0].extensions.code).toBe(code);
        break;
      }
      expect(askedAt).toBeLessThan(within(2_000));
      await pause(50);
    }
  });
});
