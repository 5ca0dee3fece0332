import { get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type FaultEnvironment, withFaultEnvironment } from "./fault-environment";
import { checkAcceptances } from "./check-acceptances";
import { KillableMariadb } from "../support/killable-mariadb";
import { listen, PARTNERS, Scenario } from "./kill-server";
import { PatientClient } from "./patient-client";
import type { ServerNode } from "./server-node";
import { summary, type Summary } from "./statistics";

/** How much of it. */
export interface KillDatabaseOptions {
  kills: number;
  clients: number;
  /** Requests a second: each invitation is made with one and accepted with another one. */
  rate: number;
  /** How long there is load between a start of the database and its next kill, in milliseconds. */
  between: number;
  /** How long after the database the server may take to write again, in milliseconds: 3,000. */
  backWithin: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface KillDatabaseReport {
  backAfterMs: Summary;
  /** How long MariaDB was away each time. */
  awayMs: Summary;
  acceptances: number;
  requests: { sent: number; unanswered: number; busy: number };
  requestsPerSecond: number;
  seconds: number;
}

/**
 * Kills MariaDB at random moments while invitations are made and accepted. Every answer is a result or an error that says to try
 * again; a client that does so finds everything done once. The server must not end, and must be back soon after the database.
 */
export async function killDatabase(options: KillDatabaseOptions): Promise<KillDatabaseReport> {
  const mariadb = await KillableMariadb.install();
  const shared = process.env.PARTNERGRAPH_TEST_MARIADB_URL;
  process.env.PARTNERGRAPH_TEST_MARIADB_URL = mariadb.url;
  try {
    return await withFaultEnvironment(options.longest * 1_000, (faultEnvironment) =>
      run(faultEnvironment, mariadb, options),
    );
  } finally {
    process.env.PARTNERGRAPH_TEST_MARIADB_URL = shared;
    await mariadb.remove();
  }
}

async function run(
  faultEnvironment: FaultEnvironment,
  mariadb: KillableMariadb,
  { kills, clients, rate, between, backWithin }: KillDatabaseOptions,
): Promise<KillDatabaseReport> {
  const began = performance.now();
  const node = await faultEnvironment.startNode();
  const client = new PatientClient(node.url, faultEnvironment.signal);
  const partners = await Promise.all(
    Array.from({ length: PARTNERS }, (_, n) => faultEnvironment.enrolPartner(`Partner ${n}`)),
  );
  const scenario = new Scenario(faultEnvironment, client, partners, Infinity);
  while (scenario.begun < PARTNERS) await scenario.next();
  const subscribers = await Promise.all(
    partners.slice(0, 2).map((partner, n) => listen(faultEnvironment, client, partner, [node.url], n)),
  );
  const [times] = await Promise.all([
    killAtRandom({ faultEnvironment, mariadb, node, scenario }, kills, between).finally(
      () => (scenario.total = scenario.begun),
    ),
    scenario.run(clients, rate / 2),
  ]);
  const { accepted } = scenario;
  const seconds = (performance.now() - began) / 1_000;
  await checkAcceptances(faultEnvironment, node, {
    client,
    partners,
    accepted,
    subscribers,
    repeat: (n) => scenario.repeat(n),
  });
  const report = {
    backAfterMs: summary(times.map(({ back }) => back)),
    awayMs: summary(times.map(({ away }) => away)),
    acceptances: accepted.length,
    requests: client.counts,
    requestsPerSecond: Math.round(client.counts.sent / seconds),
    seconds: Math.round(seconds),
  };
  if (report.backAfterMs.max > backWithin)
    throw new Error(`the server was not back within ${backWithin} ms: ${JSON.stringify(report)}`);
  return report;
}

interface UnderFire {
  faultEnvironment: FaultEnvironment;
  mariadb: KillableMariadb;
  node: ServerNode;
  scenario: Scenario;
}

async function killAtRandom(
  { faultEnvironment, mariadb, node, scenario }: UnderFire,
  kills: number,
  between: number,
): Promise<{ away: number; back: number }[]> {
  const times: { away: number; back: number }[] = [];
  while (times.length < kills) {
    await pause(between * (0.5 + Math.random()));
    const killedAt = performance.now();
    await mariadb.kill();
    await pause(Math.random() * 2_000);
    await mariadb.start();
    const startedAt = performance.now();
    const done = Object.keys(scenario.accepted).length;
    while (Object.keys(scenario.accepted).length === done || !(await isReady(node))) {
      faultEnvironment.signal.throwIfAborted();
      if (!node.isUp) throw new Error(`the server ended by itself:\n${node.lastWords}`);
      await pause(20);
    }
    times.push({ away: startedAt - killedAt, back: performance.now() - startedAt });
  }
  return times;
}

function isReady(node: ServerNode): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(`${node.url}/readyz`, { agent: false, timeout: 2_500 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once("error", () => resolve(false));
    asked.once("timeout", () => asked.destroy());
  });
}
