import { copyFileSync, writeFileSync } from "node:fs";
import { openDatabase } from "../../src/database/open-database";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";

const made: TestDatabase[] = [];
const make = async (migrated: boolean) => {
  const database = await makeTestDatabase({ migrated });
  made.push(database);
  return database;
};
afterAll(() => Promise.all(made.map((database) => database.drop())));

/** Opens a database that must exist, and says why not where it is refused. */
async function openExisting({ address }: TestDatabase): Promise<string> {
  try {
    const database = await openDatabase(address, { onProgress: () => undefined, mustExist: true });
    await database.close();
    return "opened";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a database that must exist", () => {
  it("is opened when it has the schema", async () => {
    expect(await openExisting(await make(true))).toBe("opened");
  });

  it("is refused when it is missing or empty, each time, for nothing is made", async () => {
    const empty = await make(false);
    const why =
      testDatabase === "sqlite"
        ? /cannot be used: there is no such file\. Set DATA_DIR/
        : /does not have the schema of this version\. Nothing was changed\. Start the server once/;
    expect(await openExisting(empty)).toMatch(why);
    expect(await openExisting(empty)).toMatch(why);
  });

  it("is refused when its file is empty, as a restore that broke off leaves it", async () => {
    const empty = await make(false);
    if (empty.address.family !== "sqlite") return;
    writeFileSync(empty.address.file, "");
    expect(await openExisting(empty)).toMatch(
      /cannot be used: the file is empty, so what was in it is lost\./,
    );
  });
});

it("a closed SQLite database is whole in its file, which can be copied", async () => {
  const { address, folder } = await make(false);
  if (address.family !== "sqlite") return;
  const database = await openDatabase(address, { onProgress: () => undefined });
  await database.close();

  const copy = `${folder}/copy.sqlite`;
  copyFileSync(address.file, copy);
  expect(await openExisting({ ...made[0], address: { family: "sqlite", file: copy } })).toBe("opened");
});
