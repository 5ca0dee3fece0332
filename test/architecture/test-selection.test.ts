import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readSeededFaults } from "../faults/seeded/faults";
import { lists } from "../runner/selection";

const root = join(__dirname, "../..");

const testFiles = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .map((path) => `test/${path}`)
  .filter((path) => path.endsWith(".test.ts"));

describe("the lists of which tests run where", () => {
  it.each(Object.entries(lists))("%s names files that there are", (_name, patterns) => {
    const stale = patterns.filter(
      (pattern) => !testFiles.some((file) => new RegExp(`^${pattern}`).test(file)),
    );
    expect(stale).toEqual([]);
  });
});

describe("the seeded faults", () => {
  const faults = readSeededFaults();

  it("are at least thirty, each with a number of its own", () => {
    expect(faults.length).toBeGreaterThanOrEqual(30);
    const numbers = faults.map(({ name }) => name.split("-")[0]);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("name tests that there are", () => {
    const missing = faults.flatMap(({ name, foundBy }) =>
      foundBy.filter((file) => !existsSync(join(root, file))).map((file) => `${name}: ${file}`),
    );
    expect(missing).toEqual([]);
  });
});
