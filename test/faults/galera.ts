import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { EventSubscriber } from "./event-subscriber";
import { type ClusterContext, onCluster, startServers } from "./galera-environment";
import type { GaleraNode } from "./galera-node";
import type { Organization } from "./fault-environment";
import { checkAcceptances, same } from "./check-acceptances";
import { type Acceptance, listen, Scenario } from "./kill-server";
import { errorsIn } from "./logged-errors";
import { PatientClient } from "./patient-client";
import type { ServerNode } from "./server-node";
import { summary, type Summary } from "./statistics";

/** How much of it. */
export interface GaleraOptions {
  /** How often each fault befalls a node drawn at random. */
  times: number;
  clients: number;
  /** How long a client rests between two invitations, in milliseconds. */
  rest: number;
  /** Within which time each request must be answered, repeats included, in milliseconds. */
  goOnWithin: number;
  /** Within which time the server of a node that cannot work must say so at `/readyz`, in milliseconds. */
  notReadyWithin: number;
  /** The run fails when it takes longer, in seconds. */
  longest?: number;
}

/** What was measured of one fault. */
interface FaultFigures {
  /** From the fault until `/readyz` of the node's server said that it is not ready. */
  notReadyAfterMs: Summary;
  /** From the end of the fault until the node had everything again and its server was ready. */
  backAfterMs: Summary;
  /** The slowest request of each time, repeats at other servers included. */
  slowestRequestMs: Summary;
}

/** What was measured; all that must hold has held when this is given. */
export interface GaleraReport {
  /** How long three servers that start on an empty database at the same time took until they were ready. */
  startedTogetherMs: Summary;
  faults: Record<string, FaultFigures>;
  acknowledged: number;
  staleReads: number;
  requests: { sent: number; unanswered: number; busy: number };
  /** What the servers logged about the database: code and message of each kind of error, with how often. */
  errors: Record<string, number>;
  heard: number;
  resumed: number;
  seconds: number;
}

/** Something that befalls one node, and how it ends. */
interface NodeFault {
  begin(node: GaleraNode): void | Promise<void>;
  end(node: GaleraNode): void | Promise<void>;
  /** How long it lasts in any case, in milliseconds: a frozen or lonely node must be put out meanwhile. */
  lastsMs: number;
}

const FAULTS: Record<string, NodeFault> = {
  killed: { begin: (node) => node.kill(), end: (node) => node.start(), lastsMs: 1_000 },
  frozen: { begin: (node) => node.freeze(), end: (node) => node.thaw(), lastsMs: 5_000 },
  "cut off": { begin: (node) => node.isolate(true), end: (node) => node.isolate(false), lastsMs: 5_000 },
  refusing: {
    begin: (node) => node.refuseQueries(true),
    end: (node) => node.refuseQueries(false),
    lastsMs: 2_000,
  },
};

const PARTNERS = 3;
const TRY_FOR_MS = 3_000;
const READ = "query ($id: ID!) { customer(id: $id) { id } }";

/**
 * Makes and accepts invitations through three servers, each on its own node of a Galera cluster, while one node after
 * another is killed, frozen, cut off from the others or refuses queries. Clients move on to the next server. Nothing that was acknowledged may be
 * lost, done twice or half done; no stream may have a gap; every read after an acknowledged write finds it.
 */
export function hurtGalera(options: GaleraOptions): Promise<GaleraReport> {
  return onCluster((options.longest ?? 1_200) * 1000, async (context) => {
    const began = performance.now();
    const { faultEnvironment, servers } = context;
    const startedTogetherMs = await startTogether(context);
    const urls = servers.map(({ url }) => url);
    const client = new PatientClient(urls, faultEnvironment.signal, TRY_FOR_MS);
    const partners = await Promise.all(
      Array.from({ length: PARTNERS }, (_, n) => faultEnvironment.enrolPartner(`Partner ${n}`)),
    );
    const scenario = new ClusterScenario(context, client, partners, options.rest);
    while (scenario.begun < PARTNERS) await scenario.next();
    const subscribers = await Promise.all(
      partners.slice(0, 2).map((partner, n) => listen(faultEnvironment, client, partner, urls, n)),
    );
    const working = scenario.run(options.clients);
    working.catch(() => undefined);
    const faults = await Promise.race([hurtNodes(context, client, subscribers, options), fails(working)]);
    scenario.total = scenario.begun;
    await working;
    await checkCluster(context, { client, partners, accepted: scenario.accepted, subscribers, scenario });
    return {
      ...{
        startedTogetherMs,
        faults,
        acknowledged: scenario.accepted.length,
        staleReads: scenario.staleReads,
      },
      requests: client.counts,
      errors: errorsIn(servers.map(({ lastWords }) => lastWords).join("\n")),
      heard: subscribers.reduce((sum, { heard }) => sum + heard.events, 0),
      resumed: subscribers.reduce((sum, { heard }) => sum + heard.resumed, 0),
      seconds: Math.round((performance.now() - began) / 1000),
    };
  });
}

/** Never resolves; rejects when the work fails. */
const fails = (work: Promise<void>) => work.then(() => new Promise<never>(() => undefined));

/** The invitations of a run; after each acceptance the partner looks for its new customer, on a server drawn at random. */
class ClusterScenario extends Scenario {
  staleReads = 0;

  constructor(
    context: ClusterContext,
    private readonly reader: PatientClient,
    partners: Organization[],
    private readonly restMs: number,
  ) {
    super(context.faultEnvironment, reader, partners, Infinity);
  }

  override async next(): Promise<void> {
    const n = this.begun;
    await super.next();
    const { partner, customerId } = this.accepted[n];
    try {
      await this.reader.ask(partner.token, READ, { id: customerId });
    } catch (error) {
      if (!String(error).includes("CUSTOMER_NOT_FOUND")) throw error;
      this.staleReads++;
    }
    await pause(Math.random() * 2 * this.restMs);
  }
}

/** Starts a server on each node at the same instant on a database that is empty: one migrates, the others wait for it. */
async function startTogether({ faultEnvironment, cluster }: ClusterContext): Promise<Summary> {
  const database = `test_${randomBytes(8).toString("hex")}`;
  await cluster.nodes[0].run(`CREATE DATABASE ${database}`);
  const servers = await startServers(faultEnvironment, cluster, database);
  const codes = await Promise.all(servers.map((server) => server.stop()));
  same("the exit codes of the servers that were started together", codes, [0, 0, 0]);
  await cluster.nodes[0].run(`DROP DATABASE ${database}`);
  return summary(servers.flatMap(({ readyAfter }) => readyAfter));
}

/** Has each fault befall a node drawn at random as often as asked, one at a time, in turns. */
async function hurtNodes(
  { faultEnvironment, cluster, servers }: ClusterContext,
  client: PatientClient,
  subscribers: EventSubscriber[],
  options: GaleraOptions,
): Promise<Record<string, FaultFigures>> {
  const figures: Record<string, { notReady: number[]; back: number[]; slowest: number[] }> = {};
  for (let time = 0; time < options.times; time++) {
    for (const [name, fault] of Object.entries(FAULTS)) {
      faultEnvironment.signal.throwIfAborted();
      const at = Math.floor(Math.random() * cluster.nodes.length);
      const [node, server] = [cluster.nodes[at], servers[at]] as [GaleraNode, ServerNode];
      client.slowestMs = 0;
      const began = performance.now();
      await fault.begin(node);
      const notReady = await untilReadiness(faultEnvironment.signal, server, false, options.notReadyWithin);
      for (const eventSubscriber of subscribers) if (Math.random() < 0.5) eventSubscriber.cut();
      await pause(Math.max(0, fault.lastsMs - (performance.now() - began)));
      const ended = performance.now();
      await fault.end(node);
      await node.waitUntilSynced();
      await untilReadiness(faultEnvironment.signal, server, true, 60_000);
      const figure = (figures[name] ??= { notReady: [], back: [], slowest: [] });
      figure.notReady.push(notReady);
      figure.back.push(performance.now() - ended);
      await pause(500);
      figure.slowest.push(client.slowestMs);
      if (client.slowestMs > options.goOnWithin)
        throw new Error(`a request took ${Math.round(client.slowestMs)} ms when ${node.name} was ${name}`);
    }
  }
  return Object.fromEntries(
    Object.entries(figures).map(([name, { notReady, back, slowest }]) => [
      name,
      {
        notReadyAfterMs: summary(notReady),
        backAfterMs: summary(back),
        slowestRequestMs: summary(slowest),
      },
    ]),
  );
}

/** Waits until a server says at `/readyz` that it is ready, or that it is not; gives how long that took. */
async function untilReadiness(
  signal: AbortSignal,
  server: ServerNode,
  wanted: boolean,
  withinMs: number,
): Promise<number> {
  const began = performance.now();
  while ((await server.isReady()) !== wanted) {
    signal.throwIfAborted();
    if (performance.now() - began > withinMs)
      throw new Error(`a server was still ${wanted ? "not ready" : "ready"} after ${withinMs} ms`);
    await pause(50);
  }
  return performance.now() - began;
}

/** Everything is there once, for every reader, and all nodes hold the same. */
async function checkCluster(
  { faultEnvironment, cluster, servers }: ClusterContext,
  {
    scenario,
    ...after
  }: {
    client: PatientClient;
    partners: Organization[];
    accepted: Acceptance[];
    subscribers: EventSubscriber[];
    scenario: ClusterScenario;
  },
): Promise<void> {
  same("reads that did not find what had been acknowledged", scenario.staleReads, 0);
  const tables = faultEnvironment.database.schemaSource.entityMetadatas
    .map(({ tableName }) => tableName)
    .sort();
  const database = new URL(faultEnvironment.environment.DATABASE_URL ?? "").pathname.slice(1);
  const checksums = await Promise.all(
    cluster.nodes.map((node) =>
      node.query(`CHECKSUM TABLE ${tables.map((table) => `${database}.${table}`).join(", ")}`),
    ),
  );
  for (const found of checksums) same("the checksums of the tables of a node", found, checksums[0]);
  await checkAcceptances(faultEnvironment, servers[0], {
    ...after,
    repeat: (n) => scenario.repeat(n),
  });
  const { code, stdout, stderr } = await faultEnvironment.program.partnergraph(
    ["verify"],
    faultEnvironment.environment,
  );
  same(`verify: ${stdout.slice(-500)}${stderr}`, code, 0);
}
