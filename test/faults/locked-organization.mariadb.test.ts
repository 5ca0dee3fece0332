import { lockOrganization } from "./locked-organization";

it("a locked organization is refused in time, and others are served meanwhile", async () => {
  const report = await lockOrganization({
    ...{ poolSize: 10, writers: 30, requests: 60, organizations: 4 },
    ...{ answeredWithin: 5_000, p99Within: 2_000, busyOthers: 0, longest: 290 },
  });
  expect(report.others.count).toBe(60);
}, 300_000);
