import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problemsOf } from "./problems-of";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "partnergraph-encoding-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function aFile(name: string, bytes: Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

const FILES = ["PERMISSIONS_FILE", "TRUSTED_DOCUMENTS_FILE", "OIDC_ISSUERS_FILE"];

it.each(FILES)("%s in Latin-1 is refused with the byte and its line", (variable) => {
  const file = aFile("latin1.json", Buffer.from('{\n"é": 1}', "latin1"));
  expect(problemsOf({ [variable]: file })).toEqual([
    expect.stringMatching(
      new RegExp(`^${variable}.*cannot be read: It is not UTF-8: the byte 0xE9 on line 2`),
    ),
  ]);
});

it("a byte order mark at the beginning of a file is no mistake", () => {
  const file = aFile("marked.json", Buffer.from("\uFEFF[]"));
  expect(problemsOf({ OIDC_ISSUERS_FILE: file })).toEqual([]);
});

it.each(["HOST", "DATA_DIR", "OIDC_GLOBAL_ADMIN_ROLE"])(
  "the variable %s whose bytes were not UTF-8 is refused: Node has replaced them",
  (variable) => {
    expect(problemsOf({ [variable]: "caf\uFFFD" })).toContain(
      `${variable} is not UTF-8; set it from a terminal or file in UTF-8`,
    );
  },
);
