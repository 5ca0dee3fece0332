import { rollingUpgrade } from "./rolling-upgrade";

it("servers of the last release and of this version work together on one database, with load and listeners", async () => {
  const report = await rollingUpgrade({ listeners: 24, requests: 40, seconds: 4, longest: 280 });
  process.stdout.write(`rolling-upgrade, short: ${JSON.stringify(report)}\n`);
  for (const work of ["invitations", "customers", "pages"]) expect(report.mixed[work]).toBeGreaterThan(0);
  expect(report.oldStart).toMatch(/upgraded by a newer version/);
}, 300_000);
