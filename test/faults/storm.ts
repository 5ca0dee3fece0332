import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { PrivateRedis } from "../events/redis-server";
import type { Place } from "./event-subscriber";
import type { EventSubscribers } from "./event-subscribers";
import { type Remote, startSubscribers } from "./subscribers-process";
import type { FaultEnvironment, Organization } from "./fault-environment";
import { digestOf, same } from "./check-acceptances";
import { PatientClient } from "./patient-client";
import { freePort, type ServerNode } from "./server-node";
import { Writer } from "./writer";

/** How large a storm is. */
export interface StormSize {
  nodes: number;
  organizations: number;
  /** In all, spread evenly over the organizations; half by WebSocket, half by SSE, unless `sse` is false. */
  listeners: number;
  sse?: boolean;
  /** What the servers are started with besides. */
  environment?: Record<string, string>;
  /** Where the listeners connect, given the servers; to the servers themselves when absent. */
  connectTo?: (nodes: ServerNode[]) => Promise<string[]>;
}

/** Servers on one database and one Redis, and listeners that have their places at them. */
export interface Storm {
  nodes: ServerNode[];
  /** Where the listeners connect. */
  urls: string[];
  redis: PrivateRedis;
  organizations: Organization[];
  writer: Writer;
  subscribers: Remote<EventSubscribers>;
}

const MAX_CATCHING_UP_MS = 300_000;

/** Starts everything, and opens the listeners: each has the first event of its stream, and hears what comes after. */
export async function gatherStorm(faultEnvironment: FaultEnvironment, size: StormSize): Promise<Storm> {
  const redis = new PrivateRedis(await freePort(), randomBytes(12).toString("hex"));
  faultEnvironment.atTheEnd(() => redis.remove());
  await redis.start();
  const nodes: ServerNode[] = [];
  const environment = { ...size.environment, REDIS_URL: redis.url };
  // Embedded SQLite is for one server.
  const count = faultEnvironment.database.family === "sqlite" ? 1 : size.nodes;
  while (nodes.length < count) nodes.push(await faultEnvironment.startNode(environment));
  const urls = size.connectTo ? await size.connectTo(nodes) : nodes.map(({ url }) => url);
  const writer = new Writer(faultEnvironment, redis.url);
  const client = new PatientClient(urls[0] ?? "", faultEnvironment.signal);
  const organizations: Organization[] = [];
  const places: Place[] = [];
  for (let n = 0; n < size.organizations; n++) {
    const organization = await faultEnvironment.enrolPartner(`Partner ${n}`);
    organizations.push(organization);
    await writer.record(organization, 1, "The first");
    const { events } = await client.ask(
      organization.token,
      "{ events(first: 1) { nodes { position cursor } } }",
    );
    const { id: stream, token } = organization;
    for (let listener = 0; listener < size.listeners / size.organizations; listener++) {
      const eventEndpoint = size.sse === false || listener % 2 === 0 ? "websocket" : "sse";
      places.push({ stream, token, eventEndpoint, ...events.nodes[0] });
    }
  }
  const subscribers = startSubscribers(faultEnvironment);
  await subscribers.open(places, urls);
  return { nodes, urls, redis, organizations, writer, subscribers };
}

/**
 * Waits until every listener has heard everything, and compares what each has heard with the log.
 * @throws Error naming a listener that lost something, or heard it twice or in another order
 */
export async function checkStorm(
  { database }: FaultEnvironment,
  { subscribers, writer }: Pick<Storm, "subscribers" | "writer">,
): Promise<{ listeners: number; deliveries: number; resumed: number; letGo: number }> {
  const heads = await writer.heads();
  await subscribers.forgiveSlow();
  const behind = await subscribers.caughtUp(heads, MAX_CATCHING_UP_MS);
  await pause(300); // What is said twice may come late.
  const heard = await subscribers.close();
  const digests = new Map<string, string>();
  for (const { stream, eventEndpoint, position, problems, digest } of heard) {
    same(`what a listener by ${eventEndpoint} stumbled over`, problems, []);
    same(
      `the last event that a listener by ${eventEndpoint} heard (${behind} are behind)`,
      position,
      heads[stream],
    );
    if (!digests.has(stream)) {
      const rows = await database.read((reads) =>
        reads.rows<{ position: number | string; id: string }>(
          "SELECT position, id FROM event WHERE organizationId = ? AND position > 1 ORDER BY position",
          [stream],
        ),
      );
      digests.set(stream, digestOf(rows.map(({ position: at, id }) => ({ position: Number(at), id }))));
    }
    same(`what a listener by ${eventEndpoint} heard`, digest, digests.get(stream));
  }
  const sum = (of: (one: (typeof heard)[number]) => number) =>
    heard.reduce((total, one) => total + of(one), 0);
  return {
    listeners: heard.length,
    deliveries: sum(({ events }) => events),
    resumed: sum(({ resumed }) => resumed),
    letGo: heard.filter(({ letGo }) => letGo.length > 0).length,
  };
}
