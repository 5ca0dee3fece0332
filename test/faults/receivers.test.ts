import { hurtReceivers } from "./receivers";

it("a day of receivers that fail, hang, redirect, drip or are gone, and of a sender that is killed, is played by the schedule", async () => {
  const report = await hurtReceivers({ kills: 4, longest: 290 });
  process.stdout.write(`receivers, short: ${JSON.stringify(report)}\n`);
  expect(report).toMatchObject({ virtualHours: 24, kills: 4 });
  expect(report.repeats).toBeGreaterThanOrEqual(2);
}, 300_000);
