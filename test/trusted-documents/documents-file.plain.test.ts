import { createHash } from "node:crypto";
import { parse } from "graphql";
import pino from "pino";
import { ConfigInvalid, loadConfig } from "../../src/config/config";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { ApolloDocuments } from "../../src/transport/trusted-documents/apollo-documents";
import { openTrustedDocuments } from "../../src/transport/trusted-documents/open-trusted-documents";
import { ofDepth } from "../limits/operations";
import { idOf, makeDocumentFiles } from "./documents-file";

const files = makeDocumentFiles();
afterAll(() => files.remove());

const VIEWER = "query Viewer { viewer { displayName } }";
const NODES = "query Names($first: Int) { customers(first: $first) { nodes { companyName } } }";
const bare = (text: string) => idOf(text).slice("sha256:".length);

/** What stops a start with this file, a line each. */
function problemsOf(content: Parameters<typeof files.write>[0], more: Record<string, string> = {}): string[] {
  return refusalOf(() => loadConfig({ TRUSTED_DOCUMENTS_FILE: files.write(content), ...more }));
}

function refusalOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.message.split("\n");
    throw error;
  }
}

describe("the file of trusted documents", () => {
  it("may say sha256: before each hash, as the draft of GraphQL over HTTP does, or the bare hash, as tools do", () => {
    const file = files.write({ [idOf(VIEWER)]: VIEWER, [bare(NODES)]: NODES });
    expect(loadConfig({ TRUSTED_DOCUMENTS_FILE: file }).trustedDocuments).toEqual({
      mode: "log",
      file,
      texts: new Map([
        [bare(VIEWER), VIEWER],
        [bare(NODES), NODES],
      ]),
    });
  });

  it("is not looked at when trusted documents are off, so a broken one can be switched off", () => {
    const off = { TRUSTED_DOCUMENTS: "off" };
    expect(problemsOf("no JSON", off)).toEqual([]);
    expect(loadConfig({ ...off, TRUSTED_DOCUMENTS_FILE: "/nowhere" }).trustedDocuments).toEqual({
      mode: "off",
      texts: new Map(),
    });
  });

  it("is required by the modes that go by it", () => {
    for (const mode of ["log", "enforce"]) {
      expect(refusalOf(() => loadConfig({ TRUSTED_DOCUMENTS: mode }))).toEqual([
        `TRUSTED_DOCUMENTS_FILE is required when TRUSTED_DOCUMENTS=${mode}`,
      ]);
    }
  });

  it("hides the explorer when nothing else is executed, unless that is asked for", () => {
    const environment = { TRUSTED_DOCUMENTS_FILE: files.write([VIEWER]), TRUSTED_DOCUMENTS: "enforce" };
    expect(loadConfig(environment)).toMatchObject({ explorer: false, trustedDocuments: { mode: "enforce" } });
    expect(loadConfig({ ...environment, EXPLORER: "on" }).explorer).toBe(true);
    expect(loadConfig({ ...environment, TRUSTED_DOCUMENTS: "log" }).explorer).toBe(true);
  });

  it.each([
    ["that is no JSON", "{", /cannot be read: /],
    ["that is a list", "[]", /must hold a JSON object/],
    ["that is null", "null", /must hold a JSON object/],
    ["that lists nothing", "{}", /holds no document$/],
    [
      "whose entry is no text",
      { [idOf(VIEWER)]: 1 },
      /entry "sha256:\w{64}": must be the text of a document$/,
    ],
    [
      "whose text was changed",
      { [idOf(VIEWER)]: `${VIEWER} ` },
      /the text has another SHA-256, \w{64}: one of/,
    ],
    ["whose keys are names", { Viewer: VIEWER }, /entry "Viewer": the key must be the text's SHA-256/],
    ["whose keys are in capitals", { [bare(VIEWER).toUpperCase()]: VIEWER }, /64 small hexadecimal digits/],
    ["that is larger than it may be", " ".repeat(4 * 1024 * 1024 + 1), /has 4194305 bytes; at most 4194304/],
  ])("%s stops the start, and the line names file and mistake", (_what, content, problem) => {
    const problems = problemsOf(content);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems[0]).toMatch(/^TRUSTED_DOCUMENTS_FILE \/.*\.json /);
  });

  it("that a tool has made with its usual algorithm says which one to choose instead", () => {
    const by = (algorithm: string) => createHash(algorithm).update(VIEWER).digest("hex");
    expect(problemsOf({ [by("md5")]: VIEWER, [by("sha1")]: VIEWER })).toEqual([
      expect.stringMatching(/this looks like MD5: tell the tool to use SHA-256$/),
      expect.stringMatching(/this looks like SHA-1: tell the tool to use SHA-256$/),
    ]);
  });

  it("with thousands of mistakes tells ten, and with too many documents only that", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, ""]));
    const problems = problemsOf(many(2_000));
    expect(problems).toHaveLength(11);
    expect(problems[10]).toMatch(/ has 1990 more mistakes$/);
    expect(problemsOf(many(2_001))).toEqual([
      expect.stringMatching(/holds 2001 documents; at most 2000 are read$/),
    ]);
  });

  it("is told together with what else is wrong", () => {
    expect(problemsOf("{}", { PORT: "eighty" })).toHaveLength(2);
  });
});

describe("each trusted document", () => {
  const schema = buildApiSchema();
  const open = (...texts: string[]) => {
    const config = loadConfig({ TRUSTED_DOCUMENTS_FILE: files.write(texts), LIMIT_DEPTH: "4" });
    return openTrustedDocuments(config, schema, pino({ level: "silent" }));
  };

  it("is read and validated before the server serves", () => {
    const trusted = open(VIEWER, NODES);
    expect(trusted.withText(VIEWER)).toBe(trusted.withHash(bare(VIEWER)));
    expect(trusted.withHash(bare(VIEWER))?.definitions).toHaveLength(1);
    expect(trusted.all).toHaveLength(2);
  });

  it("is what Apollo is handed for a text with its hash, and others are there once they were read", async () => {
    const trusted = open(VIEWER);
    const store = new ApolloDocuments(trusted);
    expect(await store.get(`schema:${bare(VIEWER)}`)).toBe(trusted.withText(VIEWER));
    expect(await store.get(`schema:${bare(NODES)}`)).toBeUndefined();
    const document = parse(NODES);
    store.add(NODES, document);
    expect(await store.get(`schema:${bare(NODES)}`)).toBe(document);
  });

  it.each([
    ["is no GraphQL", "query {", /: Syntax Error: Expected Name, found <EOF>. \(line 1, column 8\)$/],
    [
      "is none of this schema",
      "{ viewer { shoeSize } }",
      /Cannot query field "shoeSize" on type .* \(line 1, column 12\)$/,
    ],
    ["is beyond a limit", ofDepth(5), /: The operation's fields are nested too deep: 5, at most 4\.$/],
    ["has no operation", "fragment F on Customer { id }", /Fragment "F" is never used\./],
  ])("that %s stops the start, and the line names file and entry", (_what, text, problem) => {
    const [line = "", ...others] = refusalOf(() => open(VIEWER, text));
    expect(others).toEqual([]);
    expect(line).toMatch(problem);
    expect(line).toContain(`entry "${idOf(text)}": `);
    expect(line).toMatch(/^TRUSTED_DOCUMENTS_FILE \/.*\.json /);
  });
});
