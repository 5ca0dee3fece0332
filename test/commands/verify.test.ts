import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildProgram, type Program } from "../start/program";
import { runAdminHere } from "./admin-in-process";

let program: Program;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

const missingFolder = () => join(tmpdir(), randomUUID());

describe("npm run admin", () => {
  const id = "part_01h455vb4pex5vsknk084sn02q";
  it.each([
    ["verify"],
    ["verify-activity-log"],
    ["recount-rows"],
    ["create-partnership", "--provider", id, "--reseller", id],
    ["add-global-admin", "--organization", id, "--email", "ada@shop.example", "--name", "Ada"],
  ])("%s makes no database where there is none", async (name, ...options) => {
    const folder = missingFolder();
    const missing = await runAdminHere([name, ...options], { DATA_DIR: folder });
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toMatch(
      /partnergraph\.sqlite cannot be used: there is no such file\. Set DATA_DIR/,
    );
    expect(existsSync(folder)).toBe(false);
  });

  it("says what is wrong with a data folder that is a file", async () => {
    const { code, stderr } = await runAdminHere(["verify"], { DATA_DIR: __filename });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /cannot be used: a part of the path is a file, not a folder; check the path\. Set DATA_DIR to the folder of the database/,
    );
  });

  it("says of a subcommand without options that there are none, and exits with the subcommand's code", async () => {
    const { code, stderr } = await program.partnergraph(["verify", "--everything"], {
      DATA_DIR: missingFolder(),
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "--everything is no option here; there are none, besides --help.\nSee: npx partnergraph verify --help\n",
    });
  });
});
