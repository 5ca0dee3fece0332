import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mysqlMigrations } from "../../src/database/migrations/mysql";
import { sqliteMigrations } from "../../src/database/migrations/sqlite";
import {
  changedMigrations,
  readReleasedMigrations,
  withRelease,
} from "../../src/commands/release-migrations";

const root = join(__dirname, "../..");
const released = readReleasedMigrations(root);
const baseline = "sqlite/Initial1795250000000.ts";

describe("released migrations", () => {
  it("are what was released, on both databases", () => {
    expect(changedMigrations(root, released)).toEqual([]);
    expect(Object.keys(released["0.1.0"] ?? {})).toEqual(["mysql/Initial1795250000000.ts", baseline]);
  });

  it("are all run: each released file is in the list of its database", () => {
    const run = (family: string, classes: readonly (new () => { name?: string })[]) =>
      classes.map((migration) => `${family}/${new migration().name}.ts`);
    const all = [...run("sqlite", sqliteMigrations), ...run("mysql", mysqlMigrations)];
    expect(all).toEqual(
      expect.arrayContaining(Object.values(released).flatMap((files) => Object.keys(files))),
    );
  });

  it("run in the order in which they were written, so that an upgrade and a new database have the same order", () => {
    for (const list of [sqliteMigrations, mysqlMigrations]) {
      const times = list.map((migration) => Number((new migration().name ?? "").slice(-13)));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });
});

describe("a change of a migration", () => {
  let copy: string;
  const migrations = () => join(copy, "src/database/migrations");
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), "partnergraph-released-"));
    cpSync(join(root, "src/database/migrations"), migrations(), { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  const write = (file: string, text: string) => writeFileSync(join(migrations(), file), text);

  it("that was released is found, by a single space, and cannot be released again", () => {
    write(baseline, `${readFileSync(join(migrations(), baseline), "utf8")} `);
    expect(changedMigrations(copy, released)).toEqual([
      expect.stringMatching(/^sqlite\/Initial1795250000000\.ts was released with 0\.1\.0 and is changed/),
    ]);
    expect(() => withRelease(copy, released, "9.0.0")).toThrow(/is changed.*write a new migration/);
  });

  it("that takes a released file away is found", () => {
    rmSync(join(migrations(), baseline));
    expect(changedMigrations(copy, released)).toEqual([expect.stringMatching(/and is gone/)]);
  });

  it("that was not released is free until the next release takes it in", () => {
    const file = "sqlite/AddTag2000000000000.ts";
    write(file, "first");
    write(file, "second");
    expect(changedMigrations(copy, released)).toEqual([]);

    const next = withRelease(copy, released, "9.0.0");
    const { "9.0.0": taken, ...earlier } = next;
    expect(taken).toMatchObject({ [file]: expect.any(String) as string });
    expect(earlier).toEqual(released);
    write(file, "third");
    expect(changedMigrations(copy, next)).toHaveLength(1);
  });

  it("is not taken into a release that is in the list", () => {
    write("sqlite/AddTag2000000000000.ts", "late");
    expect(() => withRelease(copy, released, "0.1.0")).toThrow(/0\.1\.0 is in .*released\.json already/);
  });
});
