import { redisProgram } from "../events/redis-server";
import { cutListeners } from "./listeners";
import { loseRedis } from "./redis";

const isThere = redisProgram() !== undefined;
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";
const SIZE = { nodes: 2, organizations: 3, listeners: 24, longest: 290 };

function onTwoNodes() {
  it("listeners that are cut off again and again, and resume on any node, hear every event once and in order", async () => {
    const report = await cutListeners({ ...SIZE, cuts: 3, events: 400, rate: 80 });
    process.stdout.write(`listeners, short: ${JSON.stringify(report)}\n`);
    expect(report.resumed).toBeGreaterThanOrEqual(24 * 3);
  }, 300_000);

  it("listeners whose nodes lose Redis again and again miss nothing", async () => {
    const report = await loseRedis({ ...SIZE, kills: 2, events: 400, rate: 20, addedWithin: 20_000 });
    process.stdout.write(`redis, short: ${JSON.stringify(report)}\n`);
    expect(report.delayWithoutMs.count).toBeGreaterThan(0);
  }, 300_000);
}

if (isThere || inCi) describe("two servers with one Redis", onTwoNodes);
else it("redis-server is not installed, so nothing is tried with it", () => undefined);
