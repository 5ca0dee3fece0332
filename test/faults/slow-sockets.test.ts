import { redisProgram } from "../events/redis-server";
import { slowSockets } from "./slow-sockets";

const isThere = redisProgram() !== undefined;
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";

function amongManyListeners() {
  it("sockets that stop reading cost the server little and the others nothing, and get everything when they read on", async () => {
    // Larger events, so that few of them are more than the kernel holds for a socket.
    const size = { listeners: 20, slow: 5, events: 400, bytes: 60_000, rate: 40, warmUp: 40 };
    const bounds = { growthWithin: 70, p99Within: 15_000, letGo: 0, longest: 290 };
    const report = await slowSockets({ ...size, ...bounds });
    process.stdout.write(`slow-sockets, short: ${JSON.stringify(report)}\n`);
    expect(report.deliveries).toBe(20 * (400 + 40));
  }, 300_000);
}

if (isThere || inCi) describe("among many listeners", amongManyListeners);
else it("redis-server is not installed, so nothing is tried with it", () => undefined);
