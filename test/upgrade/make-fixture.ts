import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { createConnection } from "mysql2/promise";
import type { DatabaseAddress } from "../../src/database/open-database";
import { runTool, UsageError } from "../support/run-tool";
import { startMariadb } from "../support/mariadb-server";
import { dumpDatabase } from "./database-dump";
import { asked, questions } from "./questions";
import { type ReleaseApi, releaseApi } from "./release-api";
import { type FixtureDatabase, fixtureFiles, type ReleaseFacts } from "./release-fixture";
import { buildRelease, type ReleaseProgram } from "./release-program";
import { afterTimePassed, beforeTimePasses, type ScenarioReceivers, type Told } from "./scenario";

const DAYS_BEFORE_MS = 100 * 86_400_000;
const PATIENCE_MS = 120_000;

/**
 * `npm run fixture:release -- COMMIT RELEASE`: runs the program of a commit on both databases, plays the story over its
 * API and keeps the databases in `releases/RELEASE`. Takes about three minutes; most of it waits for what time does.
 */
async function main([commit, release]: string[]): Promise<void> {
  if (!commit || !/^\d+\.\d+\.\d+$/.test(release ?? ""))
    throw new UsageError("Say which commit, and the release that it is.");
  const program = await buildRelease(commit);
  const receivers = await openReceivers();
  const mariadb = await startMariadb();
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-fixture-"));
  try {
    const make = (database: FixtureDatabase, address: DatabaseAddress, url: string) =>
      makeFixture(program, release ?? "", receivers.urls, {
        database,
        address,
        dataDir: join(folder, database),
        url,
      });
    await make("sqlite", { family: "sqlite", file: join(folder, "sqlite/partnergraph.sqlite") }, "");
    const connection = await createConnection(mariadb.url);
    await connection.query("CREATE DATABASE fixture");
    await connection.end();
    const url = `${mariadb.url}/fixture`;
    await make("mariadb", { family: "mysql", url, poolSize: 4 }, url);
  } finally {
    await mariadb.stop();
    receivers.close();
    await program.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  database: FixtureDatabase;
  address: DatabaseAddress;
  dataDir: string;
  url: string;
}

async function makeFixture(
  program: ReleaseProgram,
  release: string,
  receivers: ScenarioReceivers,
  { database, address, dataDir, url }: Place,
): Promise<void> {
  const secretsKey = randomBytes(32).toString("base64");
  const environment = {
    DATA_DIR: dataDir,
    DATABASE_URL: url,
    SECRETS_KEY: secretsKey,
    WEBHOOKS_ALLOW_INSECURE: "on",
  };
  const told: Told = { links: {}, apiKeys: {}, webhookSecrets: {}, ids: {}, repeatable: [] };
  const during = async <T>(
    shiftMs: number,
    more: object,
    work: (api: ReleaseApi) => Promise<T>,
  ): Promise<T> => {
    const server = await program.start({ ...environment, ...more }, shiftMs);
    try {
      return await work(releaseApi(server.url, server.tokenOf));
    } finally {
      await server.stop();
    }
  };
  await during(-DAYS_BEFORE_MS, {}, (api) => beforeTimePasses(api, told, receivers));
  await during(0, {}, async (api) => {
    await until("what time does is done", () => timeHasPassed(api));
    await afterTimePassed(api, told);
    await until("webhooks are delivered", () => webhooksAreQuiet(api));
  });
  const now = new Date().toISOString();
  const answers = await during(0, { WEBHOOK_DELIVERIES_AT_ONCE: "0" }, askEverything);
  const facts: ReleaseFacts = { release, commit: program.commit, now, secretsKey, ...told, answers };
  const files = fixtureFiles(release, database);
  mkdirSync(dirname(files.dump), { recursive: true });
  await dumpDatabase(address, files.dump);
  writeFileSync(files.facts, gzipSync(JSON.stringify(facts), { level: 9 }));
  process.stdout.write(`${files.dump}\n${files.facts}\n`);
}

async function askEverything(api: ReleaseApi): Promise<ReleaseFacts["answers"]> {
  const answers: ReleaseFacts["answers"] = {};
  for (const [person, names] of Object.entries(asked)) {
    answers[person] = {};
    for (const name of names) answers[person][name] = await api.ask(person, questions[name] ?? "");
  }
  return answers;
}

async function timeHasPassed(api: ReleaseApi): Promise<boolean> {
  const { invitations, ended, renewed } = await api.ask(
    "direct-agent",
    `{ invitations(first: 1, status: EXPIRED) { totalCount }
       ended: events(first: 1, types: [SUBSCRIPTION_EXPIRED]) { totalCount }
       renewed: events(first: 1, types: [SUBSCRIPTION_RENEWED]) { totalCount } }`,
  );
  return invitations.totalCount > 0 && ended.totalCount > 0 && renewed.totalCount > 2;
}

/** Every event went to the endpoint that takes them, and the other one failed. */
async function webhooksAreQuiet(api: ReleaseApi): Promise<boolean> {
  const { events, webhookEndpoints } = await api.ask(
    "direct-admin",
    "{ events(first: 1) { totalCount } webhookEndpoints(first: 9) { nodes { description deliveredPosition attempt } } }",
  );
  const endpoints = webhookEndpoints.nodes as {
    description: string;
    deliveredPosition: number;
    attempt: number;
  }[];
  return (
    endpoints.some(({ attempt }) => attempt > 0) &&
    endpoints.some((one) => one.description !== "" && one.deliveredPosition === events.totalCount)
  );
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MS; !(await isSo()); await pause(500))
    if (Date.now() > giveUpAt) throw new Error(`It took too long until ${what}.`);
}

async function openReceivers(): Promise<{ urls: ScenarioReceivers; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () =>
      response.writeHead(request.url === "/good" ? 204 : 500).end("as the story wants it"),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const urls = { good: `http://127.0.0.1:${port}/good`, bad: `http://127.0.0.1:${port}/bad` };
  return { urls, close: () => void server.close() };
}

const USAGE = `npm run fixture:release -- COMMIT 1.2.3

Runs the program of a commit on both databases and keeps what it wrote in test/upgrade/releases/1.2.3.`;

runTool(USAGE, main, "stack");
