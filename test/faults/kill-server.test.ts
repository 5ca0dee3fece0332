import { killServer } from "./kill-server";

it("a server that is killed again and again while invitations are accepted loses nothing and does nothing twice or half", async () => {
  const report = await killServer({
    invitations: 45,
    kills: 2,
    clients: 6,
    readyWithin: 60_000,
    longest: 290,
  });
  process.stdout.write(`kill-server, short: ${JSON.stringify(report)}\n`);
  expect(report.requests.unanswered).toBeGreaterThan(0);
  expect(report.resumed).toBeGreaterThan(0);
}, 300_000);
