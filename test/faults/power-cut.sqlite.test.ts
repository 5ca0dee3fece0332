import { canKeepFlushed, cutPower } from "./cut-power";

it("a power cut on SQLite takes no write that was acknowledged, and leaves the database sound", async () => {
  if (!(await canKeepFlushed())) {
    process.stdout.write("power-cut is skipped: it takes Linux and a C compiler (cc)\n");
    return;
  }
  const report = await cutPower({ cuts: 8, clients: 4, longest: 290 });
  process.stdout.write(`power-cut, short: ${JSON.stringify(report)}\n`);
  expect(report.acknowledged).toBeGreaterThanOrEqual(24);
}, 300_000);
