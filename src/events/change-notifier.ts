import { randomUUID } from "node:crypto";
import Redis from "ioredis";

type OnRing = (organizationIds: string[]) => void;

/** Tells the listeners' side of every node that organizations have new events. It carries no data and may fail. */
export interface ChangeNotifier {
  notify(organizationIds: string[]): void;
  /** Whether other nodes' notifications do not arrive at this moment, so that readers should poll more often. */
  readonly isAway: boolean;
  close(): Promise<void>;
}

/** The other processes of this machine that serve the same database. */
export interface SiblingWorkers {
  /** Tells all of them. Never blocks, never throws, and may be lost. */
  notify(organizationIds: string[]): void;
  /** Whom to tell when one of them notifies. */
  onRing(listener: OnRing): void;
}

/** What reaches a node besides its own notifier. */
export interface ChangeNotifierOptions {
  redisUrl?: string;
  /** Not asked where there is Redis, which reaches them too. */
  siblings?: SiblingWorkers;
  onRing: OnRing;
  /** Told once when Redis goes away. */
  onTrouble: (error: unknown) => void;
}

/** The change notifier of a node as it is set up: through Redis, else through its neighbours, else of itself alone. */
export function openChangeNotifier({
  redisUrl,
  siblings,
  onRing,
  onTrouble,
}: ChangeNotifierOptions): ChangeNotifier {
  if (redisUrl !== undefined) return redisNotifier(redisUrl, onRing, onTrouble);
  return siblings ? siblingNotifier(siblings, onRing) : localNotifier(onRing);
}

/** The change notifier of a node that is alone: notifies itself. */
export function localNotifier(onRing: OnRing): ChangeNotifier {
  return { notify: onRing, isAway: false, close: () => Promise.resolve() };
}

/** The change notifier of several processes on one machine: notifies itself at once, and its neighbours. */
export function siblingNotifier(siblings: SiblingWorkers, onRing: OnRing): ChangeNotifier {
  siblings.onRing(onRing);
  const notify = (organizationIds: string[]) => {
    onRing(organizationIds);
    siblings.notify(organizationIds);
  };
  return { notify, isAway: false, close: () => Promise.resolve() };
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
 * The change notifier of several nodes: notifies itself at once and the others through Redis. While Redis is away the others
 * find out by their own poll of the log, so nothing is lost and nothing waits.
 */
export function redisNotifier(
  url: string,
  onRing: OnRing,
  onTrouble: (error: unknown) => void,
  { tryMs = TRY_MS }: { tryMs?: number } = {},
): ChangeNotifier {
  const own = randomUUID();
  // Only what is published waits for an answer; a Redis that gives none must not make it pile up.
  const publisher = new Redis(url, { ...OPTIONS, socketTimeout: PATIENCE_MS });
  let isTold = false;
  const tellOnce = (error: unknown) => {
    if (!isTold) onTrouble(error);
    isTold = true;
  };
  const forgetTrouble = () => {
    if (publisher.status === "ready" && redisSubscriber.hears) isTold = false;
  };
  const onMessage = (message: string) => {
    const [from, ...organizationIds] = message.split(" ");
    if (from !== own) onRing(organizationIds);
  };
  const redisSubscriber = openSubscriber(url, {
    tryMs,
    onMessage,
    onHearing: forgetTrouble,
    onTrouble: tellOnce,
  });
  publisher.on("error", tellOnce);
  publisher.on("ready", forgetTrouble);
  return {
    notify: (organizationIds) => {
      onRing(organizationIds);
      publisher.publish(CHANNEL, [own, ...organizationIds].join(" ")).catch(() => undefined);
    },
    get isAway() {
      return !redisSubscriber.hears;
    },
    close: () => {
      publisher.disconnect();
      redisSubscriber.close();
      return Promise.resolve();
    },
  };
}

interface SubscriberOptions {
  tryMs: number;
  onMessage: (message: string) => void;
  onHearing: () => void;
  onTrouble: (error: unknown) => void;
}

/** Listens on the channel, again whenever the connection was lost or answers no more. */
function openSubscriber(
  url: string,
  { tryMs, onMessage, onHearing, onTrouble }: SubscriberOptions,
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
