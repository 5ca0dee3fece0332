import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { buildCommit } from "../../bench/compare/builds";
import { PrivateRedis } from "../events/redis-server";
import { type Program, programIn } from "../start/program";
import { readFacts, releasesWithFixture } from "../upgrade/release-fixture";
import type { Place } from "./event-subscriber";
import { startSubscribers } from "./subscribers-process";
import { type FaultEnvironment, withFaultEnvironment } from "./fault-environment";
import { same } from "./check-acceptances";
import { LoadAcrossServers } from "./load-across-servers";
import { PatientClient } from "./patient-client";
import { freePort, type ServerNode } from "./server-node";
import { checkStorm } from "./storm";
import { Writer } from "./writer";

/** How much of it. */
export interface RollingUpgradeOptions {
  /** In all, spread over the demo's partners. */
  listeners: number;
  /** Requests a second. */
  requests: number;
  /** How long each mixture of versions is kept, in seconds. */
  seconds: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface RollingUpgradeReport {
  from: string;
  /** How often each kind of work was done while both versions served, and after. */
  mixed: Record<string, number>;
  done: Record<string, number>;
  deliveries: number;
  resumed: number;
  /** What a server of the old version says that is started on the upgraded database. */
  oldStart: string;
  seconds: number;
}

const LISTENING = ["direct-agent", "provider-agent", "reseller-agent"];

/** What is under way at a server that gets nothing new is answered within this time. */
const DRAIN_MS = 1_500;

/** What a server writes into its log when something is a fault of the program. */
const FAULTS = /unexpected error|uncaught exception/;

/**
 * Upgrades two servers of the last release to this version while requests and listeners go on: one of this version comes first, which
 * migrates the database under them, then each old one is replaced. Every server reads, changes and repeats what the others wrote, no
 * request fails, no event is lost, and everything agrees in the end.
 */
export function rollingUpgrade(options: RollingUpgradeOptions): Promise<RollingUpgradeReport> {
  return withFaultEnvironment(
    options.longest * 1_000,
    (faultEnvironment) => upgrade(faultEnvironment, options),
    { migrated: false },
  );
}

async function upgrade(
  faultEnvironment: FaultEnvironment,
  options: RollingUpgradeOptions,
): Promise<RollingUpgradeReport> {
  const began = performance.now();
  const [release = ""] = releasesWithFixture().slice(-1);
  const built = await buildCommit(readFacts(release, "mariadb").commit);
  const old = programIn(built.dist, built.folder);
  faultEnvironment.atTheEnd(() => old.remove());
  faultEnvironment.alsoSearch(() => old.outputs());
  const redis = new PrivateRedis(await freePort(), randomBytes(12).toString("hex"));
  faultEnvironment.atTheEnd(() => redis.remove());
  await redis.start();
  const environment = { DEMO: "on", REDIS_URL: redis.url };
  const first = await faultEnvironment.startNode(environment, old);
  const nodes = [first, await faultEnvironment.startNode(environment, old)];
  const serving = [...nodes];
  const load = new LoadAcrossServers(faultEnvironment, serving);
  await load.prepare();
  const newcomer = await faultEnvironment.makeNode(environment);
  const subscribers = startSubscribers(faultEnvironment);
  const urls = [...nodes, newcomer].map(({ url }) => url);
  await subscribers.open(await placesOf(faultEnvironment, load, first, options.listeners), urls);
  const loading = load.run(options.requests);
  await pause(options.seconds * 250);
  await newcomer.start();
  serving.push(newcomer);
  await pause(options.seconds * 1_000);
  const mixed = { ...load.done };
  const oldStart = await refusedStart(faultEnvironment, old, environment);
  for (const node of nodes) await replace(node, faultEnvironment.program, serving, options.seconds * 500);
  load.stop();
  await loading;
  const writer = new Writer(faultEnvironment, redis.url);
  const heard = await checkStorm(faultEnvironment, { subscribers, writer });
  const outputs = [...faultEnvironment.program.outputs(), ...old.outputs()].join("\n");
  same("faults in the logs", FAULTS.exec(outputs)?.input.slice(0, 500) ?? "none", "none");
  const verified = await faultEnvironment.program.partnergraph(["verify"], faultEnvironment.environment);
  same(`verify: ${verified.stdout.slice(-500)}${verified.stderr}`, verified.code, 0);
  return {
    ...{ from: release, mixed, done: load.done, oldStart },
    ...{ deliveries: heard.deliveries, resumed: heard.resumed },
    seconds: Math.round((performance.now() - began) / 1_000),
  };
}

/** Places for so many listeners at the demo's partners, each after the first event of its stream. */
async function placesOf(
  { signal }: FaultEnvironment,
  load: LoadAcrossServers,
  { url }: ServerNode,
  listeners: number,
): Promise<Place[]> {
  const client = new PatientClient(url, signal);
  const places: Place[] = [];
  for (const name of LISTENING) {
    const token = await load.tokenOf(name);
    const { viewer, events } = await client.ask(
      token,
      "{ viewer { partner { id } } events(first: 1) { nodes { position cursor } } }",
    );
    for (let n = 0; n < listeners / LISTENING.length; n++) {
      const eventEndpoint = n % 2 === 0 ? "websocket" : "sse";
      places.push({ stream: viewer.partner.id, token, eventEndpoint, ...events.nodes[0] });
    }
  }
  return places;
}

/** Starts a server of the old version on the upgraded database, which must refuse that; the first line of what it says. */
async function refusedStart(
  { environment }: FaultEnvironment,
  old: Program,
  more: Record<string, string>,
): Promise<string> {
  const { code, stderr } = await old.start({ ...environment, ...more, PORT: "0" }).ended;
  same(`the exit code of an old server on the upgraded database: ${stderr.slice(0, 500)}`, code, 1);
  return stderr.split("\n", 1)[0] ?? "";
}

/** Replaces a server by one of another program, as a load balancer and an operator do: taken out, stopped, started, put back. */
async function replace(
  node: ServerNode,
  program: Program,
  serving: ServerNode[],
  restMs: number,
): Promise<void> {
  serving.splice(serving.indexOf(node), 1);
  await pause(DRAIN_MS);
  same("the exit code of an old server that was told to stop", await node.stop(), 0);
  node.become(program);
  await node.start();
  serving.push(node);
  await pause(restMs);
}
