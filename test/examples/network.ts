import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server that can be cut. */
export interface Network {
  /** The server's address by this way. */
  url: string;
  /** Cuts every wire, and lets nobody through any more. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens a way to a port of this machine. */
export async function openNetwork(port: number): Promise<Network> {
  const wires = new Set<Socket>();
  let isCut = false;
  const proxy = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(port, "127.0.0.1");
    for (const [wire, other] of [
      [near, far],
      [far, near],
    ] as const) {
      wires.add(wire);
      wire.on("error", () => other.destroy());
      wire.on("close", () => {
        wires.delete(wire);
        other.destroy();
      });
      wire.pipe(other);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    isCut = true;
    for (const wire of wires) wire.destroy();
  };
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cut,
    mend: () => (isCut = false),
    close: async () => {
      cut();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
