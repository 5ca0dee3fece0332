import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { gatherLines } from "../../src/logging/log-output";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** An output that keeps what was written to it, piece by piece. */
function kept() {
  const pieces: string[] = [];
  return { pieces, write: (piece: string) => pieces.push(piece) > 0 };
}

describe("the lines of a log", () => {
  it("of one turn of the event loop are written together, in order, and those of the next turn after them", async () => {
    const to = kept();
    const output = gatherLines(to);
    output.write("one\n");
    output.write("two\n");
    expect(to.pieces).toEqual([]);
    await nextTurn();
    output.write("three\n");
    await nextTurn();
    expect(to.pieces).toEqual(["one\ntwo\n", "three\n"]);
  });

  it("are not gathered without bound", () => {
    const to = kept();
    const output = gatherLines(to);
    for (let line = 0; line < 100; line++) output.write("x".repeat(1_000));
    expect(to.pieces.join("").length).toBeGreaterThan(60_000);
    output.flushSync();
    expect(to.pieces.join("")).toHaveLength(100_000);
  });

  it.each(["process.exit(0)", "throw new Error('unexpected')"])(
    "are written also where the process ends in the same turn: %s",
    (end) => {
      const program = `require("@swc-node/register");
        const { gatherLines } = require("./src/logging/log-output.ts");
        process.on("uncaughtException", () => process.exit(0));
        gatherLines(process.stdout).write("the last line\\n"); ${end}`;
      const options = { cwd: join(__dirname, "../.."), encoding: "utf8" as const };
      expect(execFileSync(process.execPath, ["-e", program], options)).toBe("the last line\n");
    },
  );
});
