import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importPKCS8, SignJWT } from "jose";
import { loadConfig } from "../../src/config/config";
import { demoPeople } from "../../src/demo";
import { openLog } from "../../src/logging/open-log";
import { type RunningServer, startServer } from "../../src/start/start-server";
import { makeTestDatabase } from "../support/test-database";
import { type HttpAnswer, post } from "./at-the-endpoint";
import { PATIENT_WAITS } from "../support/patience";

/** A server with the demo whose log is kept, to be looked at. */
export interface LoggedServer {
  url: string;
  running: RunningServer;
  /** Every line of the log so far, level trace and up. */
  log: string[];
  token(person: string, lifetimeSeconds?: number): Promise<string>;
  /** A token signed with the development issuer's own key, saying what that issuer never would. */
  oddToken(claims: {
    audience?: string;
    issuer?: string;
    expires?: string;
    tenantId?: string;
  }): Promise<string>;
  /** Posts a GraphQL request as one of the demo's people. */
  ask(person: string, query: string, variables?: object): Promise<HttpAnswer>;
  stop(): Promise<void>;
}

/** Starts a whole server, as `npm start` would, that logs into memory. */
export async function startLoggedServer(environment: Record<string, string> = {}): Promise<LoggedServer> {
  const database = await makeTestDatabase();
  const config = loadConfig({ ...database.environment, PORT: "0", ...environment });
  const log: string[] = [];
  const logger = openLog(
    { ...config, logLevel: "trace", production: true },
    { write: (line: string) => void log.push(line) },
  );
  const running = await startServer(config, logger, { waits: PATIENT_WAITS });
  const token = async (name: string, lifetimeSeconds = 600) => {
    const person = demoPeople[name];
    if (!person || !running.developmentIssuer) throw new Error(`there is no token for ${name}`);
    return running.developmentIssuer.sign(person, lifetimeSeconds);
  };
  return {
    url: running.url,
    running,
    log,
    token,
    oddToken: (claims) => signOddly(database.folder, claims),
    ask: async (person, query, variables = {}) =>
      post(running, { query, variables }, { authorization: `Bearer ${await token(person)}` }),
    stop: async () => {
      await running.stop();
      await database.drop();
    },
  };
}

async function signOddly(
  dataDir: string,
  {
    audience = "partnergraph",
    issuer = "urn:partnergraph:development",
    expires = "10m",
    tenantId = "",
  }: Parameters<LoggedServer["oddToken"]>[0],
): Promise<string> {
  const pair = JSON.parse(readFileSync(join(dataDir, "development-issuer.json"), "utf8"));
  return new SignJWT({ tid: tenantId || demoPeople["direct-agent"]?.tenantId })
    .setProtectedHeader({ alg: "EdDSA" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject("amir.costa")
    .setExpirationTime(expires)
    .sign(await importPKCS8(pair.privateKey, "EdDSA"));
}
