import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defaultMatrix } from "../../src/access/permission-matrix";
import { ConfigInvalid, loadConfig } from "../../src/config/config";
import type { Limits } from "../../src/config/limits";

/** The problems of an environment, a line each; none when it is valid. */
function problemsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.message.split("\n");
    throw error;
  }
}

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
      issuers: [],
      matrix: defaultMatrix,
      allowedOrigins: [],
      trustedProxies: [],
      trustedDocuments: { mode: "off", texts: new Map() },
      limits: expect.objectContaining({ depth: 12, cost: 2_000, budget: 20_000 }) as Limits,
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
    expect(loadConfig({ HOME: "/root", port: "80" })).toEqual(loadConfig({}));
  });
});

describe("the configuration in production", () => {
  it("has no demo, no development issuer and no explorer", () => {
    expect(loadConfig(PRODUCTION)).toMatchObject({
      production: true,
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

describe("each rule", () => {
  it.each([
    ["PORT", "eighty", "PORT must be a number"],
    ["PORT", "80.5", "PORT must be a whole number"],
    ["PORT", "-1", "PORT must be at least 0"],
    ["PORT", "65536", "PORT must be at most 65535"],
    ["PORT", " ", "PORT must be a number"],
    ["DATABASE_POOL_SIZE", "0", "DATABASE_POOL_SIZE must be at least 1"],
    ["SECRETS_KEY", "hunter2", "SECRETS_KEY must be 32 bytes in base64: openssl rand -base64 32"],
    ["WEBHOOKS_ALLOW_INSECURE", "yes", "WEBHOOKS_ALLOW_INSECURE must be on or off"],
    ["WEBHOOK_DELIVERIES_AT_ONCE", "1001", "WEBHOOK_DELIVERIES_AT_ONCE must be at most 1000"],
    ["DATABASE_POOL_SIZE", "501", "DATABASE_POOL_SIZE must be at most 500"],
    ["WORKERS", "0", "WORKERS must be at least 1"],
    ["WORKERS", "many", "WORKERS must be a number"],
    ["INVITATION_LIFETIME_DAYS", "0", "INVITATION_LIFETIME_DAYS must be at least 1"],
    ["INVITATION_LIFETIME_DAYS", "366", "INVITATION_LIFETIME_DAYS must be at most 365"],
    ["EVENT_RETENTION_DAYS", "6", "EVENT_RETENTION_DAYS must be at least 7"],
    ["EVENT_RETENTION_DAYS", "3651", "EVENT_RETENTION_DAYS must be at most 3650"],
    ["EVENT_RETENTION_DAYS", "7.5", "EVENT_RETENTION_DAYS must be a whole number"],
    ["PUBLIC_URL", "partners.example", "PUBLIC_URL must be an address that starts with http:// or https://"],
    [
      "PUBLIC_URL",
      "ftp://partners.example",
      "PUBLIC_URL must be an address that starts with http:// or https://",
    ],
    ["DATABASE_URL", "nonsense", "DATABASE_URL must be an address that starts with mysql:// or mariadb://"],
    [
      "DATABASE_URL",
      "postgres://u:hunter2@h/d",
      "DATABASE_URL must be an address that starts with mysql:// or mariadb://",
    ],
    ["DATABASE_URL", "mysql://u:hunter2@h", "DATABASE_URL must name a database after the host"],
    ["DATABASE_URL", "mysql://u:hunter2@h/", "DATABASE_URL must name a database after the host"],
    ["REDIS_URL", "localhost", "REDIS_URL must be an address that starts with redis:// or rediss://"],
    ["DEMO", "yes", "DEMO must be on or off"],
    ["DEVELOPMENT_ISSUER", "true", "DEVELOPMENT_ISSUER must be on or off"],
    ["EXPLORER", "1", "EXPLORER must be on or off"],
    ["TRUSTED_DOCUMENTS", "on", "TRUSTED_DOCUMENTS must be off, log or enforce"],
    ["LOG_LEVEL", "loud", "LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent"],
  ])("names the variable: %s=%s", (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([problem]);
  });

  it("is told together with every other one that is broken, and no value is shown", () => {
    const problems = problemsOf({
      NODE_ENV: "production",
      DEVELOPMENT_ISSUER: "on",
      PORT: "hunter2",
      LOG_LEVEL: "hunter2",
      DATABASE_URL: "postgres://u:hunter2@h/d",
      DEMO: "hunter2",
    });
    expect(problems).toHaveLength(6);
    expect(problems.join()).not.toContain("hunter2");
  });
});

describe("what is right", () => {
  it("is taken as it is", () => {
    const environment = {
      PORT: "0",
      HOST: "0.0.0.0",
      DATA_DIR: "/var/lib/partners",
      REDIS_URL: "rediss://r:6380",
    };
    const switches = { DEMO: "off", EXPLORER: "off", DEVELOPMENT_ISSUER: "off", LOG_LEVEL: "trace" };
    const days = { INVITATION_LIFETIME_DAYS: "365", EVENT_RETENTION_DAYS: "3650" };
    expect(loadConfig({ ...environment, ...switches, ...days })).toMatchObject({
      port: 0,
      host: "0.0.0.0",
      dataDir: "/var/lib/partners",
      database: { file: "/var/lib/partners/partnergraph.sqlite" },
      redisUrl: "rediss://r:6380",
      demo: false,
      explorer: false,
      developmentIssuer: false,
      logLevel: "trace",
      invitationLifetimeDays: 365,
      eventRetentionDays: 3_650,
    });
  });

  it("loses the slashes at the end of PUBLIC_URL, so that links have one", () => {
    expect(loadConfig({ PUBLIC_URL: "https://p.example/centre//" }).publicUrl).toBe(
      "https://p.example/centre",
    );
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
    expect(matrix.grantOf("customer.read").partner).toEqual(roles);
  });

  it("stops the start when it is wrong, or not there, and says where", () => {
    expect(problemsOf({ PERMISSIONS_FILE: fileOf('{"x":{}}') })).toEqual([
      expect.stringMatching(/^PERMISSIONS_FILE x: is no permission/),
    ]);
    expect(problemsOf({ PERMISSIONS_FILE: join(folder, "none.json") })).toEqual([
      expect.stringMatching(/^PERMISSIONS_FILE cannot be read: ENOENT/),
    ]);
  });
});
