import { setClocks } from "./clocks";

it("clocks that are set while servers run, each another way, move no deadline, no cursor and no session", async () => {
  const report = await setClocks({ nodes: 2, settings: 2, longest: 290 });
  process.stdout.write(`clocks, short: ${JSON.stringify(report)}\n`);
  expect(report.settings).toBe(2);
}, 300_000);
