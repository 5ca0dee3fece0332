import { loadConfig } from "../../src/config/config";
import { problemsOf } from "./problems-of";

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
    ["NODE_ENV", "prod", "NODE_ENV must be production, development or test"],
    ["NODE_ENV", "Production", "NODE_ENV must be production, development or test"],
    ["NODE_ENV", "staging", "NODE_ENV must be production, development or test"],
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
