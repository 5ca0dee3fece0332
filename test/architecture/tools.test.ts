import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe("the scripts of package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const ours = Object.entries(scripts).flatMap(([name, script]) => {
    const file = /node (?:-r @swc-node\/register )?((?:bench|test|dist\/src)\/\S+)/.exec(script)?.[1];
    return file ? [[name, file.replace(/^dist\/(.*)\.js$/, "$1.ts")] as const] : [];
  });

  it("are found", () => {
    expect(ours.map(([name]) => name)).toEqual(
      expect.arrayContaining(["start", "admin", "bench", "fault", "schema"]),
    );
  });

  it.each(ours)("npm run %s answers --help", (_name, file) => {
    // One of the ways that answer it; each has a test, or is a few lines.
    expect(read(file)).toMatch(/\b(runTool|runScript|answeredHelp|runPartnergraph)\(/);
  });
});

it("every package runs on the oldest Node that package.json names", () => {
  const oldest = 20;
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { engines?: { node?: string } }>;
  };
  const tooNew = Object.entries(packages).flatMap(([name, { engines }]) => {
    const [, major] = /^>= ?(\d+)[\d.]*$/.exec(engines?.node ?? "") ?? [];
    return Number(major) > oldest ? [`${name} wants Node ${engines?.node}`] : [];
  });
  expect(tooNew).toEqual([]);
});
