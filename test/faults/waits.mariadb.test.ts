import { cutCommits } from "./commit-cut";
import { killDatabase } from "./database-killed";
import { stormOfDeadlocks } from "./deadlocks";
import { lockOrganization } from "./locked-organization";

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

it("a locked organization is refused in time, and others are served meanwhile", async () => {
  const report = await lockOrganization({
    ...{ poolSize: 10, writers: 30, requests: 60, organizations: 4 },
    // Other tests run beside this one.
    ...{ answeredWithin: 15_000, p99Within: 10_000, busyOthers: 12, longest: 290 },
  });
  expect(report.others.count).toBe(60);
}, 300_000);
