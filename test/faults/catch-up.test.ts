import { redisProgram } from "../events/redis-server";
import { catchUp } from "./catch-up";

const isThere = redisProgram() !== undefined;
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";

function whileOthersListen() {
  it("listeners that catch up stop nobody: a probe is answered, others get new events, and everybody gets everything", async () => {
    const size = {
      organizations: 3,
      users: 2,
      listeners: 30,
      events: 400,
      live: 10,
      stalled: 0,
      receivers: 1,
    };
    // Other tests use the same cores: the bounds are those of a server that goes on, which it did not before.
    const bounds = { rate: 10, probeP99: 10_000, probeMax: 20_000, liveP99: 20_000, growthWithin: 200 };
    const report = await catchUp({ ...size, ...bounds, longest: 290 });
    process.stdout.write(`catch-up, short: ${JSON.stringify(report)}\n`);
    expect(report.probe.health.count).toBeGreaterThan(0);
  }, 300_000);
}

if (isThere || inCi) describe("while others listen", whileOthersListen);
else it("redis-server is not installed, so nothing is tried with it", () => undefined);
