import { race } from "./races";

it("acceptances, refusals, revocations and expiries of the same invitations, all at once on two servers, end as the model allows", async () => {
  const report = await race({
    ...{ nodes: 2, invitations: 4, accepts: 20, races: 60, atOnce: 6, longest: 290 },
  });
  process.stdout.write(`races, short: ${JSON.stringify(report)}\n`);
  expect(Object.keys(report.ends).length).toBeGreaterThanOrEqual(3);
}, 300_000);
