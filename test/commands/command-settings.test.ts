import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allSubcommands } from "../../src/commands/all-subcommands";
import { isGroup, type SubcommandGroup } from "../../src/commands/subcommand";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { runHere } from "./admin-in-process";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase({ migrated: true });
});
afterAll(() => database.drop());

/** The words of every command, such as `["admin", "verify"]`, and whether it takes an argument. */
function commandsOf({ subcommands }: SubcommandGroup, before: string[] = []): string[][] {
  return Object.entries(subcommands).flatMap(([name, entry]) =>
    isGroup(entry) ? commandsOf(entry, [...before, name]) : [[...before, name]],
  );
}

const COMMANDS = commandsOf(allSubcommands)
  .map((words) => words.join(" "))
  .filter((command) => command !== "serve");

/** What each takes so that it gets as far as its configuration. */
const ID = "part_01h455vb4pex5vsknk084sn02q";
const ARGUMENTS: Record<string, string[]> = {
  backup: ["/proc/backup"],
  restore: ["/not/there"],
  "import-offers": ["/not/there"],
  token: ["direct-agent"],
  "create-partnership": ["--provider", ID, "--reseller", ID],
  "add-global-admin": ["--organization", ID, "--email", "ada@shop.example", "--name", "Ada"],
  "create-partner": [
    ...["--name", "Alpha Cloud", "--programme-role", "DIRECT_BILL", "--country", "US", "--cloud", "PUBLIC"],
    ...[
      "--tenant-id",
      "tenant-1",
      "--domain",
      "a.example",
      "--admin-email",
      "a@a.example",
      "--admin-name",
      "A",
    ],
  ],
};

it.each(COMMANDS)("%s demands no setting that it does not use, also in production", async (command) => {
  const others = {
    NODE_ENV: "production",
    PERMISSIONS_FILE: "/not/there",
    TRUSTED_DOCUMENTS_FILE: "/not/there",
    LIMIT_DEPTH: "deep",
    PORT: "eighty",
    WORKERS: "4",
    REDIS_URL: "localhost",
  };
  const args = command.split(" ");
  const name = args.at(-1) ?? "";
  const { stderr } = await runHere([...args, ...(ARGUMENTS[name] ?? [])], {
    ...database.environment,
    LOG_LEVEL: "silent",
    ...others,
  });
  expect(stderr).not.toMatch(/See: /);
  for (const variable of ["PUBLIC_URL", ...Object.keys(others).slice(1)])
    expect(stderr).not.toContain(variable);
});

it.each(COMMANDS)("help %s tells what --help tells", async (command) => {
  const args = command.split(" ");
  const help = await runHere(["help", ...args], {});
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toMatch(new RegExp(`^Usage: npx partnergraph ${args.join(" ")}`));
  expect(help).toEqual(await runHere([...args, "--help"], {}));
});

it("help of what there is not says what there is", async () => {
  const { code, stdout, stderr } = await runHere(["help", "bogus"], {});
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(
    /^bogus is no subcommand of npx partnergraph\. Say what to do: serve, backup, restore/,
  );
});

describe("a file or folder that cannot be used is named in one line, with what to do", () => {
  const refused = async (args: string[], environment: Record<string, string>) => {
    const { code, stdout, stderr } = await runHere(args, { LOG_LEVEL: "silent", ...environment });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    // The name of the test's folder is random, and may look like a code of the operating system.
    expect(stderr.replaceAll(database.folder, "")).not.toMatch(/\bE[A-Z]{3,}\b/);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    return stderr;
  };
  const folder = (name: string) => {
    const path = join(database.folder, name);
    mkdirSync(path);
    return path;
  };

  it.each([
    [
      ["token", "direct-agent"],
      /^The data folder \S+ cannot be made: .* Set DATA_DIR to a folder in which this user may write/,
    ],
    [["import-offers", "/dev/null"], /cannot be (made|used): .* Set DATA_DIR to/],
    [
      ["verify"],
      /cannot be used: a part of the path is a file, not a folder; check the path\. Set DATA_DIR to/,
    ],
    [["backup", "/tmp/never"], /cannot be used: a part of the path is a file/],
  ])("a data folder that is a file: %j", async (args, problem) => {
    const environment = { DATA_DIR: __filename, DATABASE_URL: "" };
    expect(await refused(args, environment)).toMatch(problem);
  });

  it("a backup to where no file can be made", async () => {
    for (const target of ["/proc/backup", join(__filename, "backup")])
      expect(await refused(["backup", target], database.environment)).toMatch(
        new RegExp(`^${target} cannot be written: .* Nothing was written\\.\\n$`),
      );
  });

  it("a database that is a folder", async () => {
    const DATA_DIR = folder("folder-as-database");
    mkdirSync(join(DATA_DIR, "partnergraph.sqlite"));
    expect(await refused(["verify"], { DATA_DIR, DATABASE_URL: "" })).toMatch(
      /that is no file, but a folder/,
    );
  });

  it("a database that is a pipe, which opening would wait for", async () => {
    const DATA_DIR = folder("pipe-as-database");
    execFileSync("mkfifo", [join(DATA_DIR, "partnergraph.sqlite")]);
    expect(await refused(["verify"], { DATA_DIR, DATABASE_URL: "" })).toMatch(
      /that is no file, but a folder, a pipe/,
    );
  });

  it.each(["", "{}", "null", '{"publicKey":1'])("a damaged key pair: %j", async (text) => {
    const DATA_DIR = folder(`key-${text.length}`);
    writeFileSync(join(DATA_DIR, "development-issuer.json"), text);
    expect(await refused(["token", "direct-agent"], { DATA_DIR })).toMatch(
      /development-issuer\.json is damaged: it holds no key pair\. Remove it/,
    );
  });
});

it("making the first database leaves nothing else behind", async () => {
  const DATA_DIR = join(database.folder, "first");
  const args = ["admin", "create-partner", ...(ARGUMENTS["create-partner"] ?? [])];
  const { code, stderr } = await runHere(args, { DATA_DIR, DATABASE_URL: "", LOG_LEVEL: "silent" });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(readdirSync(DATA_DIR).filter((name) => name.includes("partial"))).toEqual([]);
});
