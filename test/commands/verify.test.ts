import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildProgram, type Program } from "../server/program";
import { runAdminHere } from "./admin-in-process";

let program: Program;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

const missingFolder = () => join(tmpdir(), randomUUID());

describe("npm run admin", () => {
  it.each(["verify", "verify-activity-log"])("%s makes no database where there is none", async (name) => {
    const folder = missingFolder();
    const missing = await runAdminHere([name], { DATA_DIR: folder });
    expect(missing).toMatchObject({ code: name === "verify" ? 2 : 1, stdout: "" });
    expect(missing.stderr).toMatch(
      /partnergraph\.sqlite cannot be used: there is no such file\. Set DATA_DIR/,
    );
    expect(existsSync(folder)).toBe(false);
  });

  it("says of a subcommand without options that there are none, and exits with the subcommand's code", async () => {
    const { code, stderr } = await program.command("admin", ["verify", "--everything"], {
      DATA_DIR: missingFolder(),
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "--everything is no option here; there are none.\n",
    });
  });
});
