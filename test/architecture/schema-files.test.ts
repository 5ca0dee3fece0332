import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ErrorCode, errorDefinitions } from "../../schema/errors/error-code.enum";
import { generatedFiles } from "../../src/transport/graphql/generated-files";

const root = join(__dirname, "../..");

/** The generated files whose committed text is not what the code makes, each with the way out. */
function drifted(made: Record<string, string>, committed: (file: string) => string | undefined): string[] {
  return Object.entries(made)
    .filter(([file, text]) => committed(file) !== text)
    .map(([file]) => `${file} is not what the code makes: run \`npm run schema\` and commit it`);
}

/** Error catalogues of a source text, and the codes that are thrown without one. */
function codesIn(code: string): { catalogued: string[]; thrown: string[] } {
  const catalogued = [...code.matchAll(/^ {2}([A-Z][A-Z_]+): \{/gm)].map(([, name = ""]) => name);
  const thrown = [
    ...code.matchAll(/\b\w+Errors\.([A-Z][A-Z_]+)\b/g),
    ...code.matchAll(/new DomainError\(\s*"([A-Z_]+)"/g),
  ].map(([, name = ""]) => name);
  return { catalogued, thrown };
}

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ file, code: readFileSync(join(root, "src", file), "utf8") }));

describe("the committed files that come from the code", () => {
  it("are what the code makes", () => {
    const committed = (file: string) => readFileSync(join(root, file), "utf8");
    expect(drifted(generatedFiles(), committed)).toEqual([]);
    expect(Object.keys(generatedFiles())).toEqual([
      "schema/schema.graphql",
      "docs/error-codes.md",
      "docs/events.md",
    ]);
  });

  it("are told apart from older ones and from missing ones, with the way out", () => {
    const committed: Record<string, string> = { same: "a", old: "a" };
    expect(drifted({ same: "a", old: "b", gone: "c" }, (file) => committed[file])).toEqual([
      "old is not what the code makes: run `npm run schema` and commit it",
      "gone is not what the code makes: run `npm run schema` and commit it",
    ]);
  });
});

describe("the error codes", () => {
  it("of every area's catalogue are in the schema's enum", () => {
    const catalogues = sources.filter(({ file }) => file.endsWith(".errors.ts"));
    const codes = catalogues.flatMap(({ code }) => codesIn(code).catalogued);
    expect(codes.filter((code) => !(code in ErrorCode))).toEqual([]);
    expect(new Set(codes)).toEqual(new Set(Object.keys(ErrorCode)));
  });

  it("that any code throws are in the schema's enum", () => {
    const unlisted = sources.flatMap(({ file, code }) =>
      codesIn(code)
        .thrown.filter((thrown) => !(thrown in ErrorCode))
        .map((thrown) => `${file}: ${thrown}`),
    );
    expect(unlisted).toEqual([]);
  });

  it("belong to one area each", () => {
    const all = Object.values(errorDefinitions).flatMap((definitions) => Object.keys(definitions));
    expect(all).toHaveLength(new Set(all).size);
  });

  it("are found in a source text, catalogued and thrown", () => {
    const code = `
export const thingErrors = errorCatalogue({
  THING_LOST: {
    kind: ErrorKind.NOT_FOUND,
  },
});
throw thingErrors.THING_GONE("x");
throw new DomainError("THING_BAD", kind);`;
    expect(codesIn(code)).toEqual({ catalogued: ["THING_LOST"], thrown: ["THING_GONE", "THING_BAD"] });
  });
});
