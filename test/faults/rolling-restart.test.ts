import { haproxyProgram } from "./haproxy";
import { rollingRestart } from "./rolling-restart";

const isThere = haproxyProgram() !== undefined;
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";

function behindHaproxy() {
  it("servers that are restarted one after another fail no request and lose no event", async () => {
    const report = await rollingRestart({
      ...{ nodes: 2, organizations: 3, listeners: 60, rounds: 1, requests: 20, rate: 20 },
      ...{ delay: 4, spread: 2, retries: 3, peakPercent: 100, longest: 290 },
    });
    process.stdout.write(`rolling-restart, short: ${JSON.stringify(report)}\n`);
    expect(report.restarts).toBe(2);
  }, 300_000);
}

if (isThere || inCi) describe("behind haproxy", behindHaproxy);
else it("haproxy is not installed, so nothing is tried with it", () => undefined);
