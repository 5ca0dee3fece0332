import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../src/config/config";
import { openDatabase } from "../../src/database/open-database";
import { demoPeople } from "../../src/demo";
import { buildProgram, type Program } from "../start/program";
import { runHere } from "./admin-in-process";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";

let program: Program;
let database: TestDatabase;
let environment: Record<string, string>;
beforeAll(async () => {
  program = await buildProgram();
  database = await makeTestDatabase();
  environment = { ...database.environment, LOG_LEVEL: "silent" };
});
afterAll(async () => {
  await program.remove();
  await database.drop();
});

describe("npm run token", () => {
  const token = (...args: string[]) => program.partnergraph(["token", ...args], environment);

  it("prints a token for each of the demo's people, and nothing else", async () => {
    const { code, stdout, stderr } = await token("customer-admin-1");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const claims = JSON.parse(Buffer.from(stdout.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ sub: "carla.weber", aud: "partnergraph", name: "Carla Weber" });
  });

  it.each(["nobody", "constructor"])(
    "names everybody there is when asked for another one: %s",
    async (name) => {
      const { code, stdout, stderr } = await token(name);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toBe(
        `There is nobody of that name in the demo. Say whose token: ${Object.keys(demoPeople).join(", ")}.\n`,
      );
    },
  );

  it("names everybody there is when asked for nobody", async () => {
    const { code, stdout, stderr } = await token();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`NAME is required: whose token: ${Object.keys(demoPeople).join(", ")}.\n`);
  });

  it("prints none where the development issuer is off", async () => {
    const off = { ...environment, DEVELOPMENT_ISSUER: "off" };
    const { code, stdout, stderr } = await program.partnergraph(["token", "direct-agent"], off);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("DEVELOPMENT_ISSUER is off");
  });
});

describe("npm run import:offers", () => {
  const sound = (id: string) => ({
    id,
    name: `Offer ${id}`,
    description: "For tests.",
    minimumQuantity: 1,
    maximumQuantity: 300,
    locale: "en-US",
    country: "US",
    termUnitOfMeasure: "Year",
    term: 1,
    prerequisiteOffers: [],
    isAddOn: false,
    isAvailableForPurchase: true,
    billing: "license",
    supportedBillingCycles: ["annual"],
    isAutoRenewable: true,
    isTrial: false,
    unitType: "Licenses",
  });

  function aFile(name: string, items: object[]): string {
    const file = join(database.folder, name);
    const lines = items.map((item) => JSON.stringify(item)).join(",\n");
    writeFileSync(file, `{"items": [\n${lines}\n]}\n`);
    return file;
  }

  function aText(name: string, text: string): string {
    const file = join(database.folder, name);
    writeFileSync(file, text);
    return file;
  }

  const importOffers = (...args: string[]) => program.partnergraph(["import-offers", ...args], environment);

  it("adds what is new; a second run changes nothing; a third one what differs", async () => {
    const file = aFile("two.json", [sound("A-1"), sound("A-2")]);
    expect(await importOffers(file)).toMatchObject({
      code: 0,
      stderr: "",
      stdout: "2 added, 0 updated, 0 unchanged, 0 refused\n",
    });
    expect(await importOffers(file)).toMatchObject({
      code: 0,
      stdout: "0 added, 0 updated, 2 unchanged, 0 refused\n",
    });
    const changed = aFile("changed.json", [{ ...sound("A-1"), name: "Another name" }, sound("A-2")]);
    expect(await importOffers(changed)).toMatchObject({
      code: 0,
      stdout: "0 added, 1 updated, 1 unchanged, 0 refused\n",
    });
  });

  it("reports a broken record with its line and what is wrong, takes the others, and ends with 1", async () => {
    const broken = { ...sound("B-2"), minimumQuantity: 9, maximumQuantity: 1 };
    const { code, stdout, stderr } = await importOffers(
      aFile("broken.json", [sound("B-1"), broken, sound("B-3")]),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "2 added, 0 updated, 0 unchanged, 1 refused\n" });
    expect(stderr).toMatch(/^line 3 \(B-2\): .*minimumQuantity.*\n$/);

    const { database: address } = loadConfig(database.environment);
    const opened = await openDatabase(address, { onProgress: () => undefined });
    const rows = await opened.read((reads) =>
      reads.rows<{ catalogId: string }>(
        "SELECT catalogId FROM offer WHERE catalogId LIKE 'B-%' ORDER BY catalogId",
      ),
    );
    await opened.close();
    expect(rows.map(({ catalogId }) => catalogId)).toEqual(["B-1", "B-3"]);
  });

  it("without a file, or with one that is not there, says so in a line and ends with 2", async () => {
    const none = await importOffers();
    expect(none).toMatchObject({ code: 2, stdout: "" });
    expect(none.stderr).toMatch(/^FILE is required: the offers as JSON/);
    const ansi = join(database.folder, "ansi.json");
    writeFileSync(
      ansi,
      Buffer.from(JSON.stringify({ items: [{ ...sound("L-1"), name: "Café" }] }), "latin1"),
    );
    expect(await importOffers(ansi)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /ansi\.json cannot be read\. It is not UTF-8: the byte 0xE9 .* Nothing was imported\.\n$/,
      ) as string,
    });
    const missing = await importOffers("/not/there.json");
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toBe(
      "/not/there.json cannot be read: there is no such file or folder; check the path. Nothing was imported.\n",
    );
  });

  it.each([
    ["is a folder", () => database.folder, /cannot be read: it is a folder; name a file in it\./],
    [
      "is no JSON",
      () => aText("text.json", "offers"),
      /The file cannot be read\. It is not JSON\..*Nothing was imported/,
    ],
    ["is empty", () => aText("empty.json", ""), /It is not JSON\./],
    ["holds no offers", () => aText("other.json", "{}"), /It holds no offers/],
  ])("of a file that %s ends with 2 and imports nothing", async (_what, file, problem) => {
    const { code, stdout, stderr } = await runHere(["import-offers", file()], environment);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(problem);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
