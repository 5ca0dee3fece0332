import { cutCommits } from "./commit-cut";
import { killDatabase } from "./database-killed";
import { stormOfDeadlocks } from "./deadlocks";

it("MariaDB that is killed under load costs no acknowledged write, and nothing is done twice", async () => {
  const report = await killDatabase({
    ...{ kills: 1, clients: 6, rate: 60, between: 1_000, backWithin: 120_000, longest: 290 },
  });
  expect(report.acceptances).toBeGreaterThan(3);
  expect(report.requests.busy).toBeGreaterThan(0);
}, 300_000);

it("connections that are cut around COMMIT cost no acknowledged write, and nothing is done twice", async () => {
  const report = await cutCommits({ cuts: 20, clients: 4, longest: 290 });
  expect(report.requests.busy).toBeGreaterThan(0);
}, 300_000);

it("transactions in opposite order succeed within their tries, whole", async () => {
  const report = await stormOfDeadlocks({
    ...{ transactions: 200, clients: 8, pairs: 2, refusedPerMillion: 20_000, longest: 290 },
  });
  expect(report.undone).toBeGreaterThan(0);
}, 300_000);
