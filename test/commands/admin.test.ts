import { randomUUID } from "node:crypto";
import pino from "pino";
import { loadConfig } from "../../src/config/config";
import { openDatabase } from "../../src/database/open-database";
import { startServer } from "../../src/start/start-server";
import { post } from "../api/at-the-endpoint";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { runAdminHere } from "./admin-in-process";
import { PATIENT_WAITS } from "../support/patience";

let database: TestDatabase;
let environment: Record<string, string>;
beforeAll(async () => {
  database = await makeTestDatabase();
  environment = { ...database.environment, LOG_LEVEL: "silent" };
});
afterAll(() => database.drop());

const admin = (...args: string[]) => runAdminHere(args, environment);

/** The options that make a partner, as they stand in a command line. */
function partnerOptions(overrides: Record<string, string> = {}): string[] {
  const options = {
    name: "Contoso",
    "programme-role": "DIRECT_BILL",
    country: "US",
    cloud: "PUBLIC",
    "tenant-id": randomUUID(),
    domain: `contoso-${randomUUID().slice(0, 8)}.example`,
    "admin-email": "ada@contoso.example",
    "admin-name": "Ada Long",
    ...overrides,
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Makes a partner and gives its id. */
async function aPartner(overrides: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await admin("create-partner", ...partnerOptions(overrides));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return /part_\w+/.exec(stdout)?.[0] ?? "";
}

describe("npm run admin", () => {
  it.each([[[]], [["--help"]]])("with %j lists the subcommands, and needs no database", async (args) => {
    const { code, stdout, stderr } = await runAdminHere(args, { DATABASE_URL: "nonsense" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const word of ["create-partner ", "create-partnership ", "add-global-admin "])
      expect(stdout).toContain(`  ${word}`);
  });

  it("with the name of a subcommand and --help tells that one's options only", async () => {
    const args = ["create-partner", "--tenant-id", "--help"];
    const { code, stdout, stderr } = await runAdminHere(args, { DATABASE_URL: "nonsense" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /--tenant-id +the identity provider's id[^]*INDIRECT_RESELLER|INDIRECT_RESELLER[^]*--tenant-id/,
    );
    expect(stdout).not.toContain("create-partnership");
  });

  it("says what there is when asked for something else", async () => {
    const { code, stdout, stderr } = await admin("delete-everything");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^delete-everything is no subcommand of npx partnergraph admin\. Say what to do: create-partner, create-partnership, add-global-admin/,
    );
  });

  it("refuses a database that a newer version has upgraded", async () => {
    await admin("create-partner", ...partnerOptions());
    const { database: address } = loadConfig(database.environment);
    const opened = await openDatabase(address, { onProgress: () => undefined });
    const migrations = opened.schemaSource.options.migrationsTableName ?? "";
    const row = "(timestamp, name) VALUES (2999999999999, 'BreakingFuture2999999999999')";
    await opened.schemaSource.query(`INSERT INTO ${migrations} ${row}`);
    const { code, stdout, stderr } = await admin("create-partner", ...partnerOptions());
    await opened.schemaSource.query(`DELETE FROM ${migrations} WHERE timestamp = 2999999999999`);
    await opened.close();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/newer/);
  });
});

describe("npm run admin -- create-partner", () => {
  it("makes a partner and its Global admin, who joins by signing in and may add others", async () => {
    const tenantId = randomUUID();
    const made = await admin("create-partner", ...partnerOptions({ "tenant-id": tenantId }));
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout).toMatch(
      /^Partner Contoso: part_\w{26}\nGlobal admin Ada Long <ada@contoso.example>: user_\w{26} \(INVITED\)\nNext: .*sign in.*\n$/,
    );
    const config = loadConfig({ ...environment, PORT: "0", DEMO: "off" });
    const server = await startServer(config, pino({ level: "silent" }), { waits: PATIENT_WAITS });
    try {
      const ada = {
        tenantId,
        subject: "ada",
        email: "Ada@contoso.example",
        displayName: "A",
        isGlobalAdmin: false,
      };
      const authorization = `Bearer ${await server.developmentIssuer?.sign(ada, 60)}`;
      const ask = async (query: string) => (await post(server, { query }, { authorization })).body;
      const viewer = await ask(
        "{ viewer { user { displayName status agentRoles adminRoles } partner { name } } }",
      );
      expect(viewer.data.viewer).toEqual({
        user: {
          displayName: "Ada Long",
          status: "ACTIVE",
          agentRoles: ["ADMIN_AGENT"],
          adminRoles: ["GLOBAL_ADMIN"],
        },
        partner: { name: "Contoso" },
      });
      const added = await ask(
        `mutation { createUser(input: { email: "b@contoso.example", displayName: "B" }) { userErrors { code } } }`,
      );
      expect(added.data.createUser.userErrors).toEqual([]);
      const events = await ask("{ events { nodes { position type } } }");
      expect(events.data.events.nodes.map(({ type }: { type: string }) => type)).toEqual([
        "USER_ADDED",
        "USER_JOINED",
        "USER_ADDED",
      ]);
    } finally {
      await server.stop();
    }
  });

  it("with the subject makes an active Global admin", async () => {
    const { stdout } = await admin("create-partner", ...partnerOptions({ "admin-subject": "sub-ada" }));
    expect(stdout).toMatch(/\(ACTIVE\)\nNext: sign in; the user is active\.\n$/);
  });

  it("reports every problem in a line of its own that names the option, and changes nothing", async () => {
    const wrong = { "programme-role": "BOSS", country: "Germany", domain: "contoso", "admin-email": "ada" };
    const { code, stdout, stderr } = await admin(
      "create-partner",
      ...partnerOptions(wrong),
      "--colour",
      "red",
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const lines = stderr.trimEnd().split("\n");
    expect(lines.pop()).toBe("See: npx partnergraph admin create-partner --help");
    expect(lines).toHaveLength(5);
    for (const option of ["--programme-role", "--country", "--domain", "--admin-email", "--colour"])
      expect(lines.filter((line) => line.startsWith(option))).toHaveLength(1);
  });

  it("again with the same tenant id or domain says so and changes nothing", async () => {
    const options = partnerOptions({ name: "Repeated" });
    const id = /part_\w+/.exec((await admin("create-partner", ...options)).stdout)?.[0] ?? "";
    const { code, stdout, stderr } = await admin("create-partner", ...options);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toEqual([
      `The partner Repeated has this --tenant-id already; nothing was changed. (${id})`,
      `--domain: The partner Repeated has this domain already; nothing was changed. (${id})`,
    ]);
  });
});

describe("npm run admin -- create-partnership", () => {
  it("joins a provider and a reseller, once", async () => {
    const provider = await aPartner({ "programme-role": "INDIRECT_PROVIDER", name: "Northwater" });
    const reseller = await aPartner({ "programme-role": "INDIRECT_RESELLER", name: "Maple" });
    const join = () => admin("create-partnership", "--provider", provider, "--reseller", reseller);
    const { code, stdout } = await join();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Partnership of Northwater and Maple: pship_\w{26}\nNext: .*\n$/);
    expect(await join()).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("already") });
    const swapped = await admin("create-partnership", "--provider", reseller, "--reseller", provider);
    expect(swapped.stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^--provider must name an INDIRECT_PROVIDER/),
      expect.stringMatching(/^--reseller must name an INDIRECT_RESELLER/),
    ]);
  });
});

describe("npm run admin -- add-global-admin", () => {
  it("adds one, and says so when the person is one already", async () => {
    const organization = await aPartner();
    const person = ["--organization", organization, "--email", "eve@contoso.example", "--name", "Eve"];
    const { code, stdout } = await admin("add-global-admin", ...person);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^A new user\.\nGlobal admin Eve <eve@contoso.example>: user_\w{26} \(INVITED\)\nNext: /,
    );
    const again = await admin("add-global-admin", ...person);
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toMatch(
      /^The user with this email is .*INVITED; nothing was changed\. \(user_\w{26}\)\n$|^--email: /,
    );
  });

  it("names the option that is no organization", async () => {
    const nobody = ["--organization", "cust_1", "--email", "e@x.example", "--name", "E"];
    const { code, stderr } = await admin("add-global-admin", ...nobody);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "--organization must be the id of a partner or customer: part_ or cust_ and 26 characters.\n" +
        "See: npx partnergraph admin add-global-admin --help\n",
    });
  });
});

describe("npm run admin -- verify", () => {
  it("exits 0 where everything agrees, 1 with a line for each finding, and 2 where it could not run", async () => {
    const partnerId = await aPartner();
    const whole = await admin("verify");
    expect(whole).toMatchObject({ code: 0, stderr: "" });
    expect(whole.stdout).toMatch(
      /^references: \d+ compared, 0 wrong\n[^]*activity logs: \d+[^]*\nEverything agrees\.\n$/,
    );

    const { database: address } = loadConfig(database.environment);
    const opened = await openDatabase(address, { onProgress: () => undefined });
    const move = (by: string) =>
      opened.schemaSource.query(
        `UPDATE organization_head SET lastPosition = lastPosition ${by} WHERE organizationId = '${partnerId}'`,
      );
    await move("+ 1");
    const damaged = await admin("verify");
    await move("- 1");
    await opened.close();
    expect(damaged.code).toBe(1);
    const [finding, ...summary] = damaged.stdout.trimEnd().split("\n");
    expect(finding).toMatch(
      new RegExp(`^organization_head ${partnerId}: the head of the stream is at 2; should be: 1, `),
    );
    expect(summary.filter((line) => !line.endsWith(", 0 wrong"))).toEqual([
      expect.stringMatching(/^event streams: \d+ compared, 1 wrong$/),
      "Findings: 1.",
    ]);

    const nowhere = { ...environment, DATABASE_URL: "mysql://nobody@127.0.0.1:1/nothing" };
    const unable = await runAdminHere(["verify"], nowhere);
    expect(unable).toMatchObject({ code: 2, stdout: "" });
    expect(unable.stderr).toMatch(/cannot be used/);
  });
});
