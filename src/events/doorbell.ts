import { randomUUID } from "node:crypto";
import Redis from "ioredis";

type OnRing = (organizationIds: string[]) => void;

/** Tells the listeners' side of every node that organizations have new events. It carries no data and may fail. */
export interface Doorbell {
  ring(organizationIds: string[]): void;
  /** Whether other nodes' bells cannot be heard at this moment, so that whoever polls for lost ones should hurry. */
  readonly isAway: boolean;
  close(): Promise<void>;
}

/** The other processes of this machine that serve the same database. */
export interface Neighbours {
  /** Tells all of them. Never blocks, never throws, and may be lost. */
  ring(organizationIds: string[]): void;
  /** Whom to tell when one of them rings. */
  onRing(listener: OnRing): void;
}

/** What reaches a node besides its own bell. */
export interface DoorbellOptions {
  redisUrl?: string;
  /** Not asked where there is Redis, which reaches them too. */
  neighbours?: Neighbours;
  onRing: OnRing;
  /** Told once when Redis goes away. */
  onTrouble: (error: unknown) => void;
}

/** The doorbell of a node as it is set up: through Redis, else through its neighbours, else of itself alone. */
export function openDoorbell({ redisUrl, neighbours, onRing, onTrouble }: DoorbellOptions): Doorbell {
  if (redisUrl !== undefined) return redisDoorbell(redisUrl, onRing, onTrouble);
  return neighbours ? neighbourDoorbell(neighbours, onRing) : localDoorbell(onRing);
}

/** The doorbell of a node that is alone: rings itself. */
export function localDoorbell(onRing: OnRing): Doorbell {
  return { ring: onRing, isAway: false, close: () => Promise.resolve() };
}

/** The doorbell of several processes on one machine: rings itself at once, and its neighbours. */
export function neighbourDoorbell(neighbours: Neighbours, onRing: OnRing): Doorbell {
  neighbours.onRing(onRing);
  const ring = (organizationIds: string[]) => {
    onRing(organizationIds);
    neighbours.ring(organizationIds);
  };
  return { ring, isAway: false, close: () => Promise.resolve() };
}

const CHANNEL = "partnergraph:events";

/** How often a connection that only listens is tried: it would never notice by itself that the other end is gone. */
const TRY_MS = 5_000;
/** A Redis that takes longer to answer is away. */
const PATIENCE_MS = 1_000;

const OPTIONS = {
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  disconnectTimeout: PATIENCE_MS,
  retryStrategy: (n: number) => Math.min(n * 200, 2_000),
};

/**
 * The doorbell of several nodes: rings itself at once and the others through Redis. While Redis is away the others
 * find out by their own poll of the log, so nothing is lost and nothing waits.
 */
export function redisDoorbell(
  url: string,
  onRing: OnRing,
  onTrouble: (error: unknown) => void,
  { tryMs = TRY_MS }: { tryMs?: number } = {},
): Doorbell {
  const own = randomUUID();
  // Only what is published waits for an answer; a Redis that gives none must not make it pile up.
  const publisher = new Redis(url, { ...OPTIONS, socketTimeout: PATIENCE_MS });
  let isTold = false;
  const tellOnce = (error: unknown) => {
    if (!isTold) onTrouble(error);
    isTold = true;
  };
  const forgetTrouble = () => {
    if (publisher.status === "ready" && ear.hears) isTold = false;
  };
  const onMessage = (message: string) => {
    const [from, ...organizationIds] = message.split(" ");
    if (from !== own) onRing(organizationIds);
  };
  const ear = openEar(url, { tryMs, onMessage, onHearing: forgetTrouble, onTrouble: tellOnce });
  publisher.on("error", tellOnce);
  publisher.on("ready", forgetTrouble);
  return {
    ring: (organizationIds) => {
      onRing(organizationIds);
      publisher.publish(CHANNEL, [own, ...organizationIds].join(" ")).catch(() => undefined);
    },
    get isAway() {
      return !ear.hears;
    },
    close: () => {
      publisher.disconnect();
      ear.close();
      return Promise.resolve();
    },
  };
}

interface EarOptions {
  tryMs: number;
  onMessage: (message: string) => void;
  onHearing: () => void;
  onTrouble: (error: unknown) => void;
}

/** Listens on the channel, again whenever the connection was lost or answers no more. */
function openEar(
  url: string,
  { tryMs, onMessage, onHearing, onTrouble }: EarOptions,
): { readonly hears: boolean; close(): void } {
  const subscriber = new Redis(url, OPTIONS);
  let hears = false;
  const nowHears = () => {
    hears = true;
    onHearing();
  };
  const inTime = (question: Promise<unknown>) => {
    const patience = setTimeout(() => subscriber.disconnect(true), PATIENCE_MS);
    return question.finally(() => clearTimeout(patience));
  };
  const subscribe = () => inTime(subscriber.subscribe(CHANNEL)).then(nowHears, onTrouble);
  const tryIt = () => {
    if (subscriber.status !== "ready") return;
    if (hears)
      inTime(subscriber.ping()).catch(() => undefined); // "close" says it.
    // It was refused, which the operator may have mended by now.
    else void subscribe();
  };
  const trying = setInterval(tryIt, tryMs).unref();
  subscriber.on("error", onTrouble);
  subscriber.on("ready", () => void subscribe());
  subscriber.on("close", () => (hears = false));
  subscriber.on("message", (_channel, message) => onMessage(message));
  return {
    get hears() {
      return hears;
    },
    close: () => {
      clearInterval(trying);
      subscriber.disconnect();
    },
  };
}
