import { isIP } from "node:net";
import { join, resolve } from "node:path";
import { z } from "zod";
import { defaultMatrix, type PermissionMatrix, readMatrix } from "../access/permission-matrix";
import { readInputFile } from "./input-file";
import { encodingProblems, productionProblems, workerProblems } from "./joint-rules";
import { limitProblems, type Limits, limitsOf, limitVariables, whole } from "./limits";
import { type OidcSettings, oidcVariables, readOidcSettings } from "./oidc-settings";
import { type ShutdownConfig, shutdownConfigOf, shutdownVariables } from "./shutdown";
import { documentModes, readTrustedDocuments, type TrustedDocumentsConfig } from "./trusted-documents";
import { warningsOfUnknown } from "./unknown-variables";
import { type WebhookConfig, webhookConfigOf, webhookVariables } from "./webhooks";

/** Everything that an operator decides. */
export interface Config {
  production: boolean;
  port: number;
  host: string;
  /** What links point to, without a slash at the end. */
  publicUrl: string;
  dataDir: string;
  database: { family: "sqlite"; file: string } | { family: "mysql"; url: string; poolSize: number };
  /** How many processes serve; more than one share the port and need MySQL or MariaDB. */
  workers: number;
  redisUrl?: string;
  demo: boolean;
  developmentIssuer: boolean;
  /** The OpenID Connect issuers whose tokens are believed, one per cloud. */
  issuers: OidcSettings[];
  /** Who may do what. */
  matrix: PermissionMatrix;
  /** Web origins, besides PUBLIC_URL's own, whose pages may call the API and open sockets. */
  allowedOrigins: string[];
  /** Addresses or networks of proxies whose word about the caller's address is taken. */
  trustedProxies: string[];
  limits: Limits;
  trustedDocuments: TrustedDocumentsConfig;
  explorer: boolean;
  logLevel: string;
  /** Where figures for the operator are served, apart from the API; nowhere without it. */
  metrics?: { host: string; port: number };
  invitationLifetimeDays: number;
  /** For how many days events are kept. */
  eventRetentionDays: number;
  webhooks: WebhookConfig;
  shutdown: ShutdownConfig;
  /** What the operator should hear of, a sentence each: variables that look like ours and have no effect. */
  warnings: string[];
}

/** The configuration is wrong; the message lists every problem, a line each. */
export class ConfigInvalid extends Error {
  override readonly name = "ConfigInvalid";
}

const onOff = z.enum(["on", "off"], "must be on or off");

const urlOf = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
    );

const listOf = (isGood: (entry: string) => boolean, rule: string) =>
  z
    .string()
    .default("")
    .transform((text) =>
      text
        .split(",")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ""),
    )
    .refine((entries) => entries.every(isGood), rule);

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    more.length === 0 && most > 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
  );
}

const variables = z.object({
  // Every other value would mean development, where anybody can sign in under anybody's name.
  NODE_ENV: z
    .enum(["production", "development", "test"], "must be production, development or test")
    .optional(),
  PORT: whole(0, 65_535).default(4000),
  HOST: z.string().default("127.0.0.1"),
  PUBLIC_URL: urlOf("http:", "https:").optional(),
  DATABASE_URL: urlOf("mysql:", "mariadb:")
    .refine(
      (text) => !URL.canParse(text) || new URL(text).pathname.length > 1,
      "must name a database after the host",
    )
    .optional(),
  DATABASE_POOL_SIZE: whole(1, 500).default(10),
  WORKERS: whole(1, 64).default(1),
  DATA_DIR: z.string().min(1).default("./data"),
  REDIS_URL: urlOf("redis:", "rediss:").optional(),
  DEMO: onOff.optional(),
  DEVELOPMENT_ISSUER: onOff.optional(),
  EXPLORER: onOff.optional(),
  LOG_LEVEL: z
    .enum(
      ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
      "must be trace, debug, info, warn, error, fatal or silent",
    )
    .default("info"),
  METRICS_PORT: whole(0, 65_535).optional(),
  METRICS_HOST: z.string().default("127.0.0.1"),
  INVITATION_LIFETIME_DAYS: whole(1, 365).default(90),
  // An endpoint is disabled after five days of failure, and must find its place again when it is enabled.
  EVENT_RETENTION_DAYS: whole(7, 3_650).default(30),
  ALLOWED_ORIGINS: listOf(
    (origin) => /^https?:[^*]+$/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin,
    "must list web origins such as https://app.example, separated by commas; * is not one",
  ),
  TRUSTED_PROXIES: listOf(
    isNetwork,
    "must list addresses or networks such as 10.0.0.0/8, separated by commas",
  ),
  PERMISSIONS_FILE: z.string().optional(),
  TRUSTED_DOCUMENTS: z.enum(documentModes, "must be off, log or enforce").optional(),
  TRUSTED_DOCUMENTS_FILE: z.string().optional(),
  ...limitVariables,
  ...webhookVariables,
  ...shutdownVariables,
});

/** The names of all variables that the server and its commands read. */
export const variableNames: readonly string[] = [...Object.keys(variables.shape), ...oidcVariables];

function readPermissions(file: string | undefined): ReturnType<typeof readMatrix> {
  if (!file) return { matrix: defaultMatrix };
  try {
    return readMatrix(readInputFile(file));
  } catch (error) {
    return { problems: [`${file} cannot be read: ${(error as Error).message}`] };
  }
}

/**
 * Reads the environment: the only place that does.
 * @param used the variables that a command uses: all others count as absent, and are not required. All when absent
 * @throws ConfigInvalid with every problem, naming the variable and the rule
 */
export function loadConfig(
  environment: NodeJS.ProcessEnv = process.env,
  used: readonly string[] = variableNames,
): Config {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const present = Object.fromEntries(set.filter(([name]) => used.includes(name)));
  const parsed = variables.safeParse(present);
  const oidc = readOidcSettings(present, present.NODE_ENV === "production");
  const table = readPermissions(present.PERMISSIONS_FILE);
  const documents = readTrustedDocuments(present);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join(".")} ${issue.message}`),
    ...productionProblems(present, used),
    ...workerProblems(present),
    ...encodingProblems(present, variableNames),
    ...limitProblems(present),
    ...oidc.problems,
    ...documents.problems,
    ...("problems" in table ? table.problems.map((problem) => `PERMISSIONS_FILE ${problem}`) : []),
  ];
  if (!parsed.success || problems.length > 0 || !("matrix" in table))
    throw new ConfigInvalid(problems.join("\n"));
  const found = parsed.data;
  const production = found.NODE_ENV === "production";
  const dataDir = resolve(found.DATA_DIR);
  const orElse = (setting: "on" | "off" | undefined, usual: boolean) => (setting ? setting === "on" : usual);
  return {
    production,
    port: found.PORT,
    host: found.HOST,
    publicUrl: withoutFinalSlashes(found.PUBLIC_URL ?? `http://localhost:${found.PORT}`),
    dataDir,
    database: found.DATABASE_URL
      ? {
          family: "mysql",
          url: found.DATABASE_URL.replace(/^mariadb:/, "mysql:"),
          poolSize: found.DATABASE_POOL_SIZE,
        }
      : { family: "sqlite", file: join(dataDir, "partnergraph.sqlite") },
    workers: found.WORKERS,
    redisUrl: found.REDIS_URL,
    demo: orElse(found.DEMO, !production),
    developmentIssuer: orElse(found.DEVELOPMENT_ISSUER, !production && oidc.issuers.length === 0),
    issuers: oidc.issuers,
    matrix: table.matrix,
    allowedOrigins: found.ALLOWED_ORIGINS,
    trustedProxies: found.TRUSTED_PROXIES,
    limits: limitsOf(found),
    trustedDocuments: documents.trustedDocuments,
    // Where only listed documents are executed, nobody explores.
    explorer: orElse(found.EXPLORER, !production && documents.trustedDocuments.mode !== "enforce"),
    logLevel: found.LOG_LEVEL,
    metrics:
      found.METRICS_PORT === undefined ? undefined : { host: found.METRICS_HOST, port: found.METRICS_PORT },
    invitationLifetimeDays: found.INVITATION_LIFETIME_DAYS,
    eventRetentionDays: found.EVENT_RETENTION_DAYS,
    webhooks: webhookConfigOf(found),
    shutdown: shutdownConfigOf(found, production),
    warnings: warningsOfUnknown(Object.fromEntries(set), variableNames),
  };
}

function withoutFinalSlashes(url: string): string {
  let end = url.length;
  while (url.endsWith("/", end)) end--;
  return url.slice(0, end);
}
