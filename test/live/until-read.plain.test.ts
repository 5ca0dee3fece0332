import { createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Connection } from "../../src/transport/connections/connection";
import { untilRead } from "../../src/live/until-read";
import { openConnection } from "../support/raw-request";

const KIB = 1024;
const notOver = () => false;

/** What a figure comes to when it has not changed for some time. */
async function settled(figure: () => number): Promise<number> {
  for (let before = figure(); ; before = figure()) {
    await pause(300);
    if (figure() === before) return before;
  }
}

describe("a listener that has fallen behind", () => {
  it("is waited for as long as its connection takes something, however slowly and whatever else is sent to it", async () => {
    // Each look finds more waiting than before: other operations of the same socket send too.
    const sink = { bufferedBytes: 300 * KIB, taken: 0 };
    const link = setInterval(() => {
      sink.taken += 100;
      sink.bufferedBytes += 1;
    }, 40);
    const began = performance.now();
    setTimeout(() => (sink.bufferedBytes = 0), 3_000);
    // Less than half of that, and more than a busy machine holds both timers up.
    expect(await untilRead(sink, notOver, 1_400)).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(2_900);
    clearInterval(link);
  });

  it("is let go when nothing was taken for a time", async () => {
    const sink = { bufferedBytes: 300 * KIB, taken: 5 };
    setTimeout(() => (sink.bufferedBytes = 200 * KIB), 100);
    expect(await untilRead(sink, notOver, 300)).toBe(false);
  });

  it("is not waited for when it is over, or has read most", async () => {
    expect(await untilRead({ bufferedBytes: 300 * KIB, taken: 0 }, () => true, 300)).toBe(true);
    expect(await untilRead({ bufferedBytes: 64 * KIB, taken: 0 }, notOver, 300)).toBe(true);
  });
});

describe("what a connection has taken", () => {
  it("grows while its peer reads a part of one long write, and not by what is added", async () => {
    const owner = { maxPerConnection: 1e9, adding: () => undefined, dropping: () => undefined };
    let accepted: (socket: Socket) => void = () => undefined;
    const ours = new Promise<Socket>((resolve) => (accepted = resolve));
    const server = createServer((socket) => accepted(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const peer = await openConnection(`http://127.0.0.1:${port}`);
    peer.pause();
    const socket = await ours;
    socket.on("error", () => undefined);
    const connection = new Connection(socket, owner);
    const length = 64 * KIB * KIB;
    socket.write(Buffer.alloc(length));
    const before = await settled(() => connection.taken);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(length);
    socket.write(Buffer.alloc(KIB));
    await pause(100);
    expect(connection.taken).toBe(before);
    // A part of it only: what the socket says itself is the whole write until the end.
    peer.once("data", () => peer.pause());
    for (let n = 0; n < 400 && connection.taken === before; n++) {
      peer.resume();
      await pause(5);
      peer.pause();
    }
    expect(connection.taken).toBeGreaterThan(before);
    expect(socket.writableLength).toBe(length + KIB);
    for (const one of [peer, socket]) one.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
