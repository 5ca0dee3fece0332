import { redisProgram } from "../events/redis-server";
import { soak } from "./soak";

const isThere = redisProgram() !== undefined;
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";

function underMixedLoad() {
  it("a server that is asked everything while listeners come and go loses nothing and leaves no descriptor open", async () => {
    // Too short for the slope of memory to mean anything: its bound only catches what runs away.
    const bounds = { memoryWithin: 100_000, descriptorsWithin: 20_000, lagWithin: 100_000 };
    const size = { seconds: 4, warmUp: 1, calibration: 1, listeners: 20, churn: 2 };
    const report = await soak({ ...size, ...bounds, probeP99: 5_000, probeMax: 15_000, longest: 290 });
    process.stdout.write(`soak, short: ${JSON.stringify(report)}\n`);
    expect(report.resumed).toBeGreaterThan(0);
    expect(Object.keys(report.half.tookMs).length).toBeGreaterThan(3);
  }, 300_000);
}

if (isThere || inCi) describe("under mixed load", underMixedLoad);
else it("redis-server is not installed, so nothing is tried with it", () => undefined);
