import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { PrivateRedis } from "../events/redis-server";
import type { Place } from "./ear";
import type { Ears } from "./ears";
import { type Remote, startEars } from "./ears-process";
import type { Ground, Organization } from "./ground";
import { digestOf, same } from "./judge-acceptances";
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
  ears: Remote<Ears>;
}

const LONGEST_CATCHING_UP_MS = 300_000;

/** Starts everything, and opens the listeners: each has the first event of its stream, and hears what comes after. */
export async function gatherStorm(ground: Ground, size: StormSize): Promise<Storm> {
  const redis = new PrivateRedis(await freePort(), randomBytes(12).toString("hex"));
  ground.atTheEnd(() => redis.remove());
  await redis.start();
  const nodes: ServerNode[] = [];
  const environment = { ...size.environment, REDIS_URL: redis.url };
  // Embedded SQLite is for one server.
  const count = ground.database.family === "sqlite" ? 1 : size.nodes;
  while (nodes.length < count) nodes.push(await ground.startNode(environment));
  const urls = size.connectTo ? await size.connectTo(nodes) : nodes.map(({ url }) => url);
  const writer = new Writer(ground, redis.url);
  const client = new PatientClient(urls[0] ?? "", ground.signal);
  const organizations: Organization[] = [];
  const places: Place[] = [];
  for (let n = 0; n < size.organizations; n++) {
    const organization = await ground.enrolPartner(`Partner ${n}`);
    organizations.push(organization);
    await writer.record(organization, 1, "The first");
    const { events } = await client.ask(
      organization.token,
      "{ events(first: 1) { nodes { position cursor } } }",
    );
    const { id: stream, token } = organization;
    for (let listener = 0; listener < size.listeners / size.organizations; listener++) {
      const door = size.sse === false || listener % 2 === 0 ? "websocket" : "sse";
      places.push({ stream, token, door, ...events.nodes[0] });
    }
  }
  const ears = startEars(ground);
  await ears.open(places, urls);
  return { nodes, urls, redis, organizations, writer, ears };
}

/**
 * Waits until every listener has heard everything, and compares what each has heard with the log.
 * @throws Error naming a listener that lost something, or heard it twice or in another order
 */
export async function judgeStorm(
  { database }: Ground,
  { ears, writer }: Pick<Storm, "ears" | "writer">,
): Promise<{ listeners: number; deliveries: number; resumed: number; letGo: number }> {
  const heads = await writer.heads();
  await ears.forgiveSlow();
  const behind = await ears.caughtUp(heads, LONGEST_CATCHING_UP_MS);
  await pause(300); // What is said twice may come late.
  const heard = await ears.close();
  const digests = new Map<string, string>();
  for (const { stream, door, position, problems, digest } of heard) {
    same(`what a listener by ${door} stumbled over`, problems, []);
    same(`the last event that a listener by ${door} heard (${behind} are behind)`, position, heads[stream]);
    if (!digests.has(stream)) {
      const rows = await database.read((reads) =>
        reads.rows<{ position: number | string; id: string }>(
          "SELECT position, id FROM event WHERE organizationId = ? AND position > 1 ORDER BY position",
          [stream],
        ),
      );
      digests.set(stream, digestOf(rows.map(({ position: at, id }) => ({ position: Number(at), id }))));
    }
    same(`what a listener by ${door} heard`, digest, digests.get(stream));
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
