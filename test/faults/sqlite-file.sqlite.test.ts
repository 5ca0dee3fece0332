import { hurtSqliteFile } from "./sqlite-file";

it("a disk that is full or read-only, a file that is deleted or replaced, and a second server lose and damage nothing on SQLite", async () => {
  const report = await hurtSqliteFile({ rounds: 1, longest: 110 });
  process.stdout.write(`sqlite-file, short: ${JSON.stringify(report)}\n`);
  for (const name of ["file deleted", "log deleted", "older copy in its place", "second server"])
    expect([name, report.tried[name]]).toEqual([name, 1]);
}, 120_000);
