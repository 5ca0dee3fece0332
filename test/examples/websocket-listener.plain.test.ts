import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../webhooks/webhook-test-context";
import { endAll, type Program, start } from "./program";
import { openStage, type Stage } from "./stage";

let stage: Stage;
let folder: string;
beforeEach(async () => {
  stage = await openStage();
  folder = await mkdtemp(join(tmpdir(), "partnergraph-stage-"));
});
afterEach(async () => {
  endAll();
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

const listen = (variables: Record<string, string> = {}): Program =>
  start("websocket.mjs", {
    BASE_URL: stage.url,
    TOKEN: "any",
    CURSOR_FILE: join(folder, "cursor"),
    ...variables,
  });
const cursorKept = () => readFile(join(folder, "cursor"), "utf8");

/** A handler that takes its time; its file. */
async function slowHandler(ms: number): Promise<string> {
  const file = join(folder, "slow.mjs");
  await writeFile(
    file,
    `export async function handle(event) {
       await new Promise((resolve) => setTimeout(resolve, ${ms}));
       process.stdout.write(JSON.stringify(event) + "\\n");
     }`,
  );
  return file;
}

describe("a listener over WebSocket", () => {
  it("moves its cursor on by a heartbeat for its own operation, and begins there the next time", async () => {
    const listener = listen({ TYPES: "TEST" });
    const first = await stage.subscribed();
    expect(first.after).toBe("at-40");
    first.event(41);
    await listener.prints(1);
    first.heartbeat(90, "another operation");
    first.heartbeat(57);
    await until(async () => (await cursorKept()) === "at-57\n");
    first.heartbeat(50); // never back
    first.cut();
    expect((await stage.subscribed()).after).toBe("at-57");
  });

  it("keeps no cursor of a heartbeat before the events that came ahead of it are handled", async () => {
    const listener = listen({ TYPES: "TEST", HANDLER: await slowHandler(2_000) });
    const first = await stage.subscribed();
    first.event(41);
    first.event(44);
    first.heartbeat(57);
    await pause(400);
    expect(await cursorKept()).toBe("at-40\n");
    await listener.prints(1);
    // The next event takes two seconds too.
    await until(async () => (await cursorKept()) !== "at-40\n");
    expect(await cursorKept()).toBe("at-41\n");
    listener.kill("SIGKILL");
    await listener.end;
    listen({ TYPES: "TEST" });
    expect((await stage.subscribed()).after).toBe("at-41");
  });

  it("leaves out an event that it handled already", async () => {
    const listener = listen({ COUNT: "2" });
    const first = await stage.subscribed();
    for (const position of [41, 41, 40, 42]) first.event(position);
    expect(await listener.end).toBe(0);
    expect(listener.events.map(({ position }) => position)).toEqual([41, 42]);
  });

  it.each(["event", "heartbeat"] as const)(
    "of all events ends when it sees a gap by the next %s",
    async (what) => {
      const listener = listen();
      const first = await stage.subscribed();
      first.event(41);
      first[what](43);
      expect(await listener.end).toBe(1);
      expect(listener.told()).toMatch(/refused: the stream has a gap: .*43/);
      expect(await cursorKept()).toBe("at-41\n");
    },
  );

  it("of some types takes positions that only grow", async () => {
    const listener = listen({ TYPES: "TEST", COUNT: "2" });
    const first = await stage.subscribed();
    first.event(41);
    first.event(43);
    expect(await listener.end).toBe(0);
  });

  it("says loudly that events are lost, and goes on without them only when it is told to", async () => {
    await writeFile(join(folder, "cursor"), "at-3\n");
    const asks = listen();
    (await stage.subscribed()).refuse("EVENTS_CURSOR_EXPIRED", "INVALID", { oldestCursor: "at-30" });
    expect(await asks.end).toBe(1);
    expect(asks.told()).toMatch(/LOST: .*at-3 [^]*refused: .*--skip-lost/);
    expect(await cursorKept()).toBe("at-3\n");

    const goesOn = listen({ SKIP_LOST: "on" });
    const expired = await stage.subscribed();
    expect(expired.after).toBe("at-3");
    expired.refuse("EVENTS_CURSOR_EXPIRED", "INVALID", { oldestCursor: "at-30" });
    const again = await stage.subscribed();
    expect(again.after).toBe("at-30");
    again.event(31);
    await goesOn.prints(1);
    expect(goesOn.told()).toContain("LOST: ");
  });

  it("is told after a restore how to go on, with the cursors", async () => {
    await writeFile(join(folder, "cursor"), "at-3\n");
    const listener = listen();
    const details = { oldestCursor: "restored-0", newestCursor: "restored-2" };
    (await stage.subscribed()).refuse("EVENTS_CURSOR_FROM_BEFORE_RESTORE", "INVALID", details);
    expect(await listener.end).toBe(1);
    expect(listener.told()).toMatch(/RESTORED: [^]*refused: .*--after restored-2, .*--after restored-0/);
    expect(await cursorKept()).toBe("at-3\n");
    listen({ AFTER: "restored-2" });
    expect((await stage.subscribed()).after).toBe("restored-2");
  });

  it("that was too slow goes on where the server says that it is", async () => {
    const listener = listen({ TYPES: "TEST" });
    const first = await stage.subscribed();
    first.event(41);
    first.refuse("SLOW_CONSUMER", "LIMITED", { cursor: "at-45" });
    const again = await stage.subscribed();
    expect(again.after).toBe("at-45");
    again.event(46);
    await listener.prints(2);
  });

  it("comes back after troubles that pass", async () => {
    const listener = listen();
    for (const kind of ["UNAVAILABLE", "LIMITED", "INTERNAL"]) (await stage.subscribed()).refuse("ANY", kind);
    (await stage.subscribed()).event(41);
    await listener.prints(1);
  });

  it("with a slow handler stops reading, so that what it has no time for does not fill its memory", async () => {
    listen({ HANDLER: await slowHandler(60_000) });
    const first = await stage.subscribed();
    for (let position = 41; position < 100_000; position++) first.event(position);
    // Until it reads no more: one that reads on leaves nothing.
    let before: number;
    do {
      before = first.buffered();
      await pause(1_000);
    } while (first.buffered() !== before);
    expect(before).toBeGreaterThan(1_000_000);
  });
});
