import { randomBytes } from "node:crypto";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { buildProgram, type Program } from "../start/program";
import { openWebhookTestContext } from "./webhook-test-context";
import { adoptSecretsKey, isSecretsKeyOf } from "../../src/webhooks";
import { secretBox } from "../../src/webhooks/secret-box";

const aKey = () => randomBytes(32).toString("base64");

describe("the key of a database's webhook secrets", () => {
  it("is the first one that was used, and no other one is", async () => {
    const webhookContext = await openWebhookTestContext();
    const { system } = webhookContext.testContext;
    const [first, other] = [secretBox(randomBytes(32)), secretBox(randomBytes(32))];
    // Two servers that start at once with one key.
    expect(await Promise.all([isSecretsKeyOf(system, first), isSecretsKeyOf(system, first)])).toEqual([
      true,
      true,
    ]);
    expect(await isSecretsKeyOf(system, other)).toBe(false);
    expect(await isSecretsKeyOf(system, first)).toBe(true);
    await webhookContext.close();
  });

  it("is told by the secrets of endpoints, where an earlier version left no check value", async () => {
    const webhookContext = await openWebhookTestContext();
    const { system } = webhookContext.testContext;
    const { endpoint } = await webhookContext.endpoint();
    expect(await isSecretsKeyOf(system, secretBox(randomBytes(32)))).toBe(false);
    expect(await isSecretsKeyOf(system, secretBox(webhookContext.secretsKey))).toBe(true);
    const other = secretBox(randomBytes(32));
    expect(await adoptSecretsKey(system, other, 10)).toEqual([endpoint.id]);
    expect(await isSecretsKeyOf(system, other)).toBe(true);
    expect(await isSecretsKeyOf(system, secretBox(webhookContext.secretsKey))).toBe(false);
    await webhookContext.close();
  });
});

describe("a server with another SECRETS_KEY than before", () => {
  let program: Program;
  let database: TestDatabase;
  beforeAll(async () => {
    program = await buildProgram();
    database = await makeTestDatabase({ migrated: true });
  });
  afterAll(async () => {
    await program.remove();
    await database.drop();
  });

  const start = async (key: string) => {
    const run = program.start({ ...database.environment, PORT: "0", SECRETS_KEY: key, DEMO: "off" });
    return {
      run,
      isUp: await run.up().then(
        () => true,
        () => false,
      ),
    };
  };
  const stop = async ({ run }: Awaited<ReturnType<typeof start>>) => {
    run.process.kill("SIGTERM");
    const { code, stderr } = await run.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  };

  it("refuses to start in one line that names the key and the ways out, and starts when it was adopted", async () => {
    const [before, after] = [aKey(), aKey()];
    await stop(await start(before));
    const refused = await start(after);
    expect(refused.isUp).toBe(false);
    const { code, stderr } = await refused.run.ended;
    expect({ code, lines: stderr.trim().split("\n").length }).toEqual({ code: 1, lines: 1 });
    expect(stderr).toMatch(
      /sealed with another key\. Set SECRETS_KEY .*partnergraph admin adopt-secrets-key/,
    );
    expect(stderr).not.toContain(after);
    const adopting = await program.partnergraph(["admin", "adopt-secrets-key"], {
      ...database.environment,
      SECRETS_KEY: after,
    });
    expect(adopting).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/is the key of this database now/) as string,
    });
    await stop(await start(after));
  });
});
