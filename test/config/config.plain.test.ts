import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defaultMatrix } from "../../src/access/permission-matrix";
import { loadConfig } from "../../src/config/config";
import type { Limits } from "../../src/config/limits";
import { problemsOf } from "./problems-of";

const PRODUCTION = { NODE_ENV: "production", PUBLIC_URL: "https://partners.example" };

describe("the configuration of an empty environment", () => {
  it("is a demo on this machine alone, in ./data", () => {
    expect(loadConfig({})).toEqual({
      production: false,
      port: 4000,
      host: "127.0.0.1",
      publicUrl: "http://localhost:4000",
      dataDir: resolve("data"),
      database: { family: "sqlite", file: join(resolve("data"), "partnergraph.sqlite") },
      workers: 1,
      redisUrl: undefined,
      demo: true,
      developmentIssuer: true,
      explorer: true,
      logLevel: "info",
      metrics: undefined,
      invitationLifetimeDays: 90,
      eventRetentionDays: 30,
      webhooks: { secretsKey: undefined, allowInsecure: false, deliveriesAtOnce: 32 },
      shutdown: { delayMs: 0, spreadMs: 8_000 },
      issuers: [],
      matrix: defaultMatrix,
      allowedOrigins: [],
      trustedProxies: [],
      trustedDocuments: { mode: "off", texts: new Map() },
      warnings: [],
      limits: expect.objectContaining({ depth: 12, cost: 1_500, budget: 20_000 }) as Limits,
    });
  });

  it("is the one of an environment whose variables are all empty, and of one with strangers in it", () => {
    const names = ["NODE_ENV", "PORT", "HOST", "PUBLIC_URL", "DATABASE_URL", "DATA_DIR", "REDIS_URL", "DEMO"];
    const more = [
      "DATABASE_POOL_SIZE",
      "WORKERS",
      "DEVELOPMENT_ISSUER",
      "EXPLORER",
      "LOG_LEVEL",
      "INVITATION_LIFETIME_DAYS",
    ];
    const empty = Object.fromEntries([...names, ...more].map((name) => [name, ""]));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
    expect(loadConfig({ HOME: "/root", SHELL: "/bin/sh" })).toEqual(loadConfig({}));
  });
});

describe("the configuration in production", () => {
  it("has no demo, no development issuer and no explorer", () => {
    expect(loadConfig(PRODUCTION)).toMatchObject({
      production: true,
      shutdown: { delayMs: 5_000, spreadMs: 8_000 },
      demo: false,
      developmentIssuer: false,
      explorer: false,
    });
  });

  it("may have the demo's data and the explorer when they are asked for", () => {
    const asked = { ...PRODUCTION, DEMO: "on", EXPLORER: "on" };
    expect(loadConfig(asked)).toMatchObject({ demo: true, explorer: true, developmentIssuer: false });
  });

  it("must say where links point to, and have no development issuer", () => {
    expect(problemsOf({ NODE_ENV: "production", DEVELOPMENT_ISSUER: "on" }).sort()).toEqual([
      "DEVELOPMENT_ISSUER must not be on in production: anybody could sign in under anybody's name",
      "PUBLIC_URL is required in production: links point to it",
    ]);
    expect(problemsOf({ NODE_ENV: "production", PUBLIC_URL: "" })).toHaveLength(1);
  });

  it("must not let webhooks be insecure, and has no key for their secrets but the operator's", () => {
    expect(problemsOf({ ...PRODUCTION, WEBHOOKS_ALLOW_INSECURE: "on" })).toEqual([
      "WEBHOOKS_ALLOW_INSECURE must not be on in production: anybody could make this server call its own network",
    ]);
    expect(problemsOf({ ...PRODUCTION, WEBHOOKS_ALLOW_INSECURE: "off" })).toEqual([]);
    expect(loadConfig({ WEBHOOKS_ALLOW_INSECURE: "on" }).webhooks).toMatchObject({ allowInsecure: true });
    expect(loadConfig(PRODUCTION).webhooks.secretsKey).toBeUndefined();
    const key = Buffer.alloc(32, 7);
    const given = loadConfig({ ...PRODUCTION, SECRETS_KEY: key.toString("base64") });
    expect(given.webhooks.secretsKey).toEqual(key);
  });

  it("may say in so many words that the development issuer is off", () => {
    expect(problemsOf({ ...PRODUCTION, DEVELOPMENT_ISSUER: "off" })).toEqual([]);
  });
});

describe("a database address", () => {
  const address = "mysql://user:p%40ss@db.example:3307/partners";

  it("makes it that MySQL server with ten connections, or as many as are asked for", () => {
    expect(loadConfig({ DATABASE_URL: address }).database).toEqual({
      family: "mysql",
      url: address,
      poolSize: 10,
    });
    expect(loadConfig({ DATABASE_URL: address, DATABASE_POOL_SIZE: "25" }).database).toMatchObject({
      poolSize: 25,
    });
  });

  it("may say mariadb:// as well", () => {
    const { database } = loadConfig({ DATABASE_URL: address.replace("mysql:", "mariadb:") });
    expect(database).toMatchObject({ family: "mysql", url: address });
  });
});

describe("several workers", () => {
  it("need MySQL or MariaDB, and the problem says so in the name of both variables", () => {
    expect(loadConfig({ WORKERS: "64", DATABASE_URL: "mysql://user@db.example/partners" }).workers).toBe(64);
    expect(loadConfig({ WORKERS: "1" }).workers).toBe(1);
    expect(problemsOf({ WORKERS: "2" })).toEqual([
      "WORKERS must be 1 while DATABASE_URL is not set: one process alone writes to SQLite. Set DATABASE_URL to a MySQL or MariaDB",
    ]);
  });
});

describe("metrics", () => {
  it("are served on loopback alone unless the operator names another address, and on no port but one asked for", () => {
    expect(loadConfig({ METRICS_PORT: "9464" }).metrics).toEqual({ host: "127.0.0.1", port: 9464 });
    expect(loadConfig({ METRICS_PORT: "9464", HOST: "0.0.0.0" }).metrics?.host).toBe("127.0.0.1");
    expect(loadConfig({ METRICS_HOST: "10.0.0.4" }).metrics).toBeUndefined();
    expect(loadConfig({ METRICS_HOST: "10.0.0.4", METRICS_PORT: "1" }).metrics?.host).toBe("10.0.0.4");
    expect(problemsOf({ METRICS_PORT: "nine" })).toEqual(["METRICS_PORT must be a number"]);
  });
});

describe("a table of permissions", () => {
  const folder = mkdtempSync(join(tmpdir(), "permissions-"));
  const fileOf = (text: string) => {
    const file = join(folder, `${Math.random()}.json`);
    writeFileSync(file, text);
    return file;
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is read from the file and decides who may do what", () => {
    const roles = ["GLOBAL_ADMIN", "ADMIN_AGENT", "SALES_AGENT"];
    const { matrix } = loadConfig({
      PERMISSIONS_FILE: fileOf(JSON.stringify({ "customer.read": { partner: roles } })),
    });
    expect(matrix.ruleOf("customer.read").partner).toEqual(roles);
  });

  it("stops the start when it is wrong, or not there, and says where", () => {
    expect(problemsOf({ PERMISSIONS_FILE: fileOf('{"x":{}}') })).toEqual([
      expect.stringMatching(/^PERMISSIONS_FILE x: is no permission/),
    ]);
    expect(problemsOf({ PERMISSIONS_FILE: join(folder, "none.json") })).toEqual([
      expect.stringMatching(/^PERMISSIONS_FILE \S+ cannot be read: there is no such file/),
    ]);
  });
});
