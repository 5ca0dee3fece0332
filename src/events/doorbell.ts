import Redis from "ioredis";

/** Tells the listeners' side of every node that organizations have new events. It carries no data and may fail. */
export interface Doorbell {
  ring(organizationIds: string[]): void;
  close(): Promise<void>;
}

const CHANNEL = "partnergraph:events";

/** The doorbell of a node that is alone: rings itself. */
export function localDoorbell(onRing: (organizationIds: string[]) => void): Doorbell {
  return { ring: onRing, close: () => Promise.resolve() };
}

/**
 * The doorbell of several nodes: rings itself at once and the others through Redis. While Redis is away the others
 * find out by their own poll of the log, so nothing is lost and nothing waits (design.md 5).
 */
export function redisDoorbell(
  url: string,
  onRing: (organizationIds: string[]) => void,
  onTrouble: (error: unknown) => void,
): Doorbell {
  const options = {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (n: number) => Math.min(n * 200, 2_000),
  };
  const publisher = new Redis(url, options);
  const subscriber = new Redis(url, { ...options, enableOfflineQueue: true, maxRetriesPerRequest: null });
  let isAway = false;
  const tellOnce = (error: unknown) => {
    if (!isAway) onTrouble(error);
    isAway = true;
  };
  for (const connection of [publisher, subscriber]) {
    connection.on("error", tellOnce);
    connection.on("ready", () => (isAway = false));
  }
  subscriber.on("message", (_channel, message) => onRing(message.split(" ")));
  subscriber.subscribe(CHANNEL).catch(tellOnce);
  return {
    ring: (organizationIds) => {
      onRing(organizationIds);
      publisher.publish(CHANNEL, organizationIds.join(" ")).catch(() => undefined);
    },
    close: async () => {
      publisher.disconnect();
      subscriber.disconnect();
      return Promise.resolve();
    },
  };
}
