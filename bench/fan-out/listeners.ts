import { fork } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CHILD } from "../child";
import type { Heard } from "./protocol";

/** Many listeners of one server, in a process of their own. */
export interface Listeners {
  /** How many messages all of them have got, as of a tenth of a second ago. */
  received(): number;
  /** The first message that one of them got. */
  sample(): string | undefined;
  /**
   * Waits until all of them together have got so many messages since they were opened.
   * @throws Error they have not within a minute
   */
  untilReceived(count: number): Promise<void>;
  /** Ends all of them at once. */
  kill(): void;
}

const MAX_WAIT_MS = 60_000;
/** The last subscriptions are on their way when all listeners are let in. */
const SUBSCRIBING_MS = 500;

/**
 * Opens this many listeners with one token, and waits until all are subscribed.
 * @throws Error one of them is refused
 */
export async function openListeners(url: string, token: string, count: number): Promise<Listeners> {
  const clients = fork(join(__dirname, "clients.ts"), [url, token, String(count)], CHILD);
  const heard: { received: number; sample?: string } = { received: 0 };
  await new Promise<void>((resolve, reject) => {
    clients.once("exit", () => reject(new Error("the listeners could not connect")));
    clients.on("message", (message: Heard) => {
      if ("connected" in message) resolve();
      else Object.assign(heard, message);
    });
  });
  await pause(SUBSCRIBING_MS);
  return {
    received: () => heard.received,
    sample: () => heard.sample,
    untilReceived: async (wanted) => {
      for (const began = performance.now(); heard.received < wanted; await pause(20))
        if (performance.now() - began > MAX_WAIT_MS)
          throw new Error(`${heard.received} of ${wanted} messages arrived`);
    },
    kill: () => clients.kill("SIGKILL"),
  };
}
