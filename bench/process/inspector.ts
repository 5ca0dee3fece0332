import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import WebSocket from "ws";
import type { OurServer } from "../our-server";

/** What a process keeps in memory after everything that can be let go was let go. */
export interface AfterCollection {
  heapUsedMb: number;
}

/** A look into a running process over Node's own inspector, on loopback. */
export interface Inspector {
  collect(): Promise<AfterCollection>;
  close(): void;
}

const PATIENCE_MS = 5_000;

/** Opens the inspector of a server that was started with `--inspect-port=0`: by the signal that Node has for it. */
export async function inspect({ pid, output }: OurServer): Promise<Inspector> {
  process.kill(pid, "SIGUSR1");
  const socket = new WebSocket(await addressIn(output));
  await once(socket, "open");
  let lastAsked = 0;
  const ask = (method: string, params: object = {}): Promise<unknown> => {
    const id = ++lastAsked;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => {
      const take = (bytes: Buffer) => {
        const message = JSON.parse(bytes.toString()) as { id?: number; result?: unknown };
        if (message.id !== id) return;
        socket.off("message", take);
        resolve(message.result);
      };
      socket.on("message", take);
    });
  };
  return {
    collect: async () => {
      // What the first one finishes only the second one lets go.
      for (let times = 0; times < 2; times++) await ask("HeapProfiler.collectGarbage");
      const { usedSize } = (await ask("Runtime.getHeapUsage")) as { usedSize: number };
      return { heapUsedMb: usedSize / 2 ** 20 };
    },
    close: () => socket.terminate(),
  };
}

async function addressIn(output: () => string): Promise<string> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 20) {
    const address = /^Debugger listening on (ws:\S+)$/m.exec(output())?.[1];
    if (address) return address;
    await pause(20);
  }
  throw new Error("the server's inspector did not open");
}
