import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, variableNames } from "../../src/config/config";

const warningsOf = (environment: Record<string, string>) => loadConfig(environment).warnings;

describe("a variable that looks like one of ours", () => {
  it.each([
    ["DATABASE_URI", "DATABASE_URL"],
    ["DATABSAE_URL", "DATABASE_URL"],
    ["URL_DATABASE", "DATABASE_URL"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["LEVEL_LOG", "LOG_LEVEL"],
    ["WORKER", "WORKERS"],
    ["WEBHOOK_ALLOW_INSECURE", "WEBHOOKS_ALLOW_INSECURE"],
    ["LIMIT_DEPHT", "LIMIT_DEPTH"],
    ["OIDC_AUDIENCES", "OIDC_AUDIENCE"],
    ["EVENTS_RETENTION_DAY", "EVENT_RETENTION_DAYS"],
    ["PARTNERGRAPH_PORT", "PORT"],
    ["port", "PORT"],
    ["EVENT_RETENTION", "EVENT_RETENTION_DAYS"],
    ["EVENT_DAYS", "EVENT_RETENTION_DAYS"],
    ["INVITATION_LIFETIME", "INVITATION_LIFETIME_DAYS"],
    ["DB_URL", "DATABASE_URL"],
    ["DB_POOL", "DATABASE_POOL_SIZE"],
    ["LOG_LVL", "LOG_LEVEL"],
    ["DATA_DIRECTORY", "DATA_DIR"],
    ["NODE_ENVIRONMENT", "NODE_ENV"],
    ["TRUSTED_DOCS_FILE", "TRUSTED_DOCUMENTS_FILE"],
    ["PERMS_FILE", "PERMISSIONS_FILE"],
    ["OIDC_AUD", "OIDC_AUDIENCE"],
  ])("is named with the one that was meant: %s", (name, meant) => {
    expect(warningsOf({ [name]: "hunter2" })).toEqual([
      `${name} is not a variable of Partnergraph and has no effect. Did you mean ${meant}?`,
    ]);
  });

  it.each(["PARTNERGRAPH_COLOUR", "LIMIT_COFFEE", "TRUSTED_DOCUMENTS_FOLDER", `LIMIT_${"X".repeat(1_000)}`])(
    "is named also where none was near: %s",
    (name) => {
      expect(warningsOf({ [name]: "hunter2" })).toEqual([
        `${name.slice(0, 60)} is not a variable of Partnergraph and has no effect.`,
      ]);
    },
  );
});

it("variables of other programs, of our tests and of Kubernetes are nobody's mistake", () => {
  const others = {
    ...{
      HOME: "/root",
      PATH: "/bin",
      HOSTNAME: "a",
      LOGNAME: "b",
      SHELL: "sh",
      USER: "u",
      TERM: "xterm",
      PWD: "/",
    },
    ...{
      LANG: "C",
      NODE_OPTIONS: "-r x",
      npm_config_port: "1",
      MYSQL_HOST: "db",
      REDIS_HOST: "r",
      TZ: "UTC",
    },
    ...{ PARTNERGRAPH_TEST_SEED: "1", WEBHOOK_SECRETS: "whsec_x" },
    ...{ PARTNERGRAPH_PORT: "tcp://10.0.0.1:4000", PARTNERGRAPH_SERVICE_HOST: "10.0.0.1" },
    ...{ PARTNERGRAPH_SERVICE_PORT_HTTP: "4000", PARTNERGRAPH_PORT_4000_TCP_ADDR: "10.0.0.1" },
    ...{ XDG_DATA_DIRS: "/usr/share", TEST_DATABASE_URL: "x", LOG_DIR: "/var/log", DATA_HOME: "/srv" },
    ...{ MYSQL_DATABASE: "d", MAIL_PORT: "25", NODE_VERSION: "20", PUBLIC_KEY: "k", LS_COLORS: "", DB: "x" },
    PORTS: "",
  };
  expect(warningsOf(others)).toEqual([]);
});

it("every variable of ours is known, and explained in the README or in docs", () => {
  const text = [
    "README.md",
    "docs/operating.md",
    "docs/limits.md",
    "docs/sign-in.md",
    "docs/trusted-documents.md",
  ]
    .map((file) => readFileSync(join(__dirname, "../..", file), "utf8"))
    .join("\n");
  expect(variableNames.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  expect(variableNames).toEqual(
    expect.arrayContaining(["NODE_ENV", "OIDC_ISSUER", "LIMIT_COST", "SECRETS_KEY"]),
  );
});
