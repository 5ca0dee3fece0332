import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";

const root = join(__dirname, "../..");

/** Everything under these rooms, folders too, as paths from the root with forward slashes. */
function pathsIn(...rooms: string[]): string[] {
  return rooms
    .filter((room) => existsSync(join(root, room)))
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((path) => join(room, path)),
    )
    .map((path) => path.split(sep).join("/"));
}

function sourceFilesIn(...rooms: string[]): string[] {
  return pathsIn(...rooms).filter((path) => path.endsWith(".ts"));
}

function linesOf(file: string): string[] {
  return readFileSync(join(root, file), "utf8").replace(/\n$/, "").split("\n");
}

const allRooms = ["src", "schema", "entities", "resolvers", "test"];

describe("the rooms of the house", () => {
  it("have names that say what is inside: none is called utils, helpers, common, shared, misc or core", () => {
    const says = /(^|[.-])(utils?|helpers?|misc)$|^(common|shared|core)$/;
    const nameless = pathsIn(...allRooms).filter((path) =>
      basename(path)
        .toLowerCase()
        .split(".")
        .some((part) => says.test(part)),
    );
    expect(nameless).toEqual([]);
  });

  it("hold files that one can read at a sitting: none in src is over 250 lines, migrations aside", () => {
    const long = sourceFilesIn("src")
      .filter((file) => !file.includes("/migrations/"))
      .map((file) => ({ file, lines: linesOf(file).length }))
      .filter(({ lines }) => lines > 250);
    expect(long).toEqual([]);
  });

  it("hold finished work: no reminders to come back, no test left out, no test run alone", () => {
    // The words that are looked for have to be written here.
    const unfinished = /\b(TODO|FIXME|XXX)\b|\b(it|test|describe)(\.each|\.concurrent)?\.(only|skip|todo)\b/;
    const alternativeSpelling = /^\s*(fit|fdescribe|xit|xtest|xdescribe)[.(]/;
    const found = [...sourceFilesIn(...allRooms), "ormconfig.ts"]
      .filter(
        (file) => file !== relative(root, __filename).split(sep).join("/") && existsSync(join(root, file)),
      )
      .flatMap((file) =>
        linesOf(file).flatMap((line, index) =>
          unfinished.test(line) || alternativeSpelling.test(line)
            ? [`${file}:${index + 1} ${line.trim()}`]
            : [],
        ),
      );
    expect(found).toEqual([]);
  });

  it("cite no document that is not in the repository", () => {
    const cited = [...sourceFilesIn(...allRooms), "ormconfig.ts"]
      .filter((file) => file !== relative(root, __filename).split(sep).join("/"))
      .flatMap((file) =>
        linesOf(file).flatMap((line, index) =>
          [...line.matchAll(/\b[\w/-]+\.md\b/g)]
            .filter(([name]) => !existsSync(join(root, name)) && !existsSync(join(root, "docs", name)))
            .map(([name]) => `${file}:${index + 1} ${name}`),
        ),
      );
    expect(cited).toEqual([]);
  });
});
