import { randomBytes } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { PrivateRedis, redisProgram } from "../events/redis-server";
import { freePort } from "../faults/server-node";
import { makeApiKeySecret } from "../../src/identity/api-key-secret";
import { hashToken, linkOf, newToken } from "../../src/invitations/invitation-link";
import { newWebhookSecret } from "../../src/webhooks/webhook-secret";
import { LogSecrets } from "../support/log-secrets";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { buildProgram, type Program } from "../start/program";

let program: Program;
let database: TestDatabase;
beforeAll(async () => {
  program = await buildProgram();
  database = await makeTestDatabase();
});
afterAll(async () => {
  await program.remove();
  await database.drop();
});

const word = () => randomBytes(12).toString("hex");

/** A Redis that answers every command as Redis answers one that it does not know: with its arguments. */
async function aRedisThatRepeats(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      const given = bytes
        .toString()
        .split("\r\n")
        .filter((part) => /^[\w:-]+$/.test(part));
      socket.write(`-ERR unknown command, with args beginning with: ${given.join(" ")}\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    close: () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

/** Starts a server that logs everything, does something to it, stops it; what it wrote. */
async function outputOf(environment: Record<string, string>): Promise<string> {
  const run = program.start({
    ...database.environment,
    PORT: "0",
    LOG_LEVEL: "trace",
    DEMO: "off",
    ...environment,
  });
  const url = await run.up();
  // Something that notifies the bell and charges a budget, which both use Redis.
  await fetch(`${url}/graphql?query={__typename}`, { headers: { "x-apollo-operation-name": "x" } });
  while (!run.stdout.includes("Redis is away")) await new Promise((resolve) => setTimeout(resolve, 10));
  run.process.kill("SIGTERM");
  await run.ended;
  return run.stdout + run.stderr;
}

describe("what a process writes while Redis refuses it", () => {
  it("has no password of Redis or the database, and not SECRETS_KEY, when Redis repeats its arguments", async () => {
    const redis = await aRedisThatRepeats();
    const secrets = new LogSecrets();
    const environment = {
      REDIS_URL: `redis://someone:${word()}@127.0.0.1:${redis.port}`,
      SECRETS_KEY: randomBytes(32).toString("base64"),
    };
    secrets.addEnvironment({ ...database.environment, ...environment });
    const output = await outputOf(environment);
    redis.close();
    expect(output).toContain("Redis is away");
    expect(secrets.foundIn(output)).toEqual([]);
  });

  const isThere = redisProgram() !== undefined;
  const inCi = Boolean(process.env.CI) && process.env.CI !== "false";
  const withRedis = async () => {
    const redis = new PrivateRedis(await freePort(), word());
    await redis.start();
    const secrets = new LogSecrets();
    const url = new URL(redis.url);
    url.password = word();
    secrets.addEnvironment({ REDIS_URL: url.href });
    secrets.addEnvironment({ REDIS_URL: redis.url });
    const output = await outputOf({ REDIS_URL: url.href });
    await redis.remove();
    expect(output).toMatch(/WRONGPASS|NOAUTH/);
    expect(secrets.foundIn(output)).toEqual([]);
  };
  if (isThere || inCi) it("has no password when it is the wrong one", withRedis);
});

describe("what the commands write", () => {
  const commands = [
    ["verify"],
    ["admin", "recount-rows"],
    ["admin", "adopt-secrets-key"],
    ["admin", "verify-activity-log"],
    ["backup", "/dev/null/backup"],
    ["restore", "/dev/null/backup"],
    ["import-offers", "/dev/null/offers"],
  ];

  it.each(commands.map((words) => [words.join(" "), words] as const))(
    "%s has no secret of the configuration, whether it can run or not",
    async (_line, words) => {
      const secrets = new LogSecrets();
      const environment = {
        ...database.environment,
        LOG_LEVEL: "trace",
        REDIS_URL: `redis://:${word()}@127.0.0.1:1`,
        SECRETS_KEY: randomBytes(32).toString("base64"),
      };
      const away = { ...environment, DATABASE_URL: `mysql://someone:${word()}@127.0.0.1:1/partners` };
      for (const given of [environment, away]) {
        secrets.addEnvironment(given);
        const { stdout, stderr } = await program.partnergraph(words, given);
        expect(stdout + stderr).not.toBe("");
        expect(secrets.foundIn(stdout + stderr)).toEqual([]);
      }
    },
  );
});

describe("the search for secrets", () => {
  it("finds each kind of secret in the line where it is, and does not repeat it", () => {
    const secrets = new LogSecrets();
    secrets.add("an API key", "pgk_0123456789");
    secrets.add("another one", "pgk_01234567xx");
    secrets.addEnvironment({ DATABASE_URL: "mysql://u:hunter2hunter2@h/d", SECRETS_KEY: "c2VjcmV0cw==" });
    expect(secrets.size).toBe(4);
    expect(secrets.foundIn("nothing\npgk_012345678 is not whole\n")).toEqual([]);
    const found = secrets.foundIn('first\n{"url":"mysql://u:hunter2hunter2@h/d"}\n<pgk_0123456789>');
    expect(found).toEqual([
      'the password in DATABASE_URL is in the output: {"url":"mysql://u:…@h/d"}',
      "an API key is in the output: <…>",
    ]);
  });

  it("finds what has the form of a secret, known or not", () => {
    const header = Buffer.from('{"alg":"EdDSA","typ":"JWT"}').toString("base64url");
    const claims = Buffer.from('{"sub":"somebody"}').toString("base64url");
    const shown = {
      "a bearer token": `${header}.${claims}.${randomBytes(64).toString("base64url")}`,
      "an API key": makeApiKeySecret(),
      "a signing secret": newWebhookSecret(),
      "the link of an invitation": linkOf("", newToken()),
      "a private key": "-----BEGIN PRIVATE KEY",
    };
    for (const [what, secret] of Object.entries(shown))
      expect(new LogSecrets().foundIn(`a line\nbefore ${secret} after\n`)).toEqual([
        `${what} is in the output: before … after`,
      ]);
    const harmless =
      "invitation inv_01m8pvb2wafam97txpjwat2rre pgk_…4kQz eyJhbGciOiJFZERTQSJ9 whsec_(not logged)";
    expect(new LogSecrets().foundIn(harmless)).toEqual([]);
  });

  it("finds a secret of which only the hash is known", () => {
    const secrets = new LogSecrets();
    const [token, other] = [newToken(), newToken()];
    secrets.addHash("the token of an invitation", hashToken(token));
    expect(secrets.size).toBe(1);
    expect(secrets.foundIn(`token=${other} ${token}x`)).toEqual([]);
    expect(secrets.foundIn(`token=${token}`)).toEqual([
      "the token of an invitation is in the output: token=…",
    ]);
  });
});
