import { hurtSqliteFile } from "./sqlite-file";

it("a disk that is full, an older copy in the file's place and a second server lose and damage nothing on SQLite", async () => {
  // What becomes of a deleted file and log is in test/database/sqlite-files.sqlite.test.ts.
  const only = ["disk full", "older copy in its place", "second server"];
  const report = await hurtSqliteFile({ rounds: 1, only, longest: 290 });
  process.stdout.write(`sqlite-file, short: ${JSON.stringify(report)}\n`);
  expect(report.tried).toMatchObject({ "older copy in its place": 1, "second server": 1 });
  expect(report.reads).toBeGreaterThan(0);
}, 300_000);
