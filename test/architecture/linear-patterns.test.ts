import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(__dirname, "../..");

/** Files that the rules are for, inside an area and outside; what is looked at is the text below. */
const FILES = ["src/values/company-name.ts", "src/transport/graphql/caller-mistake.ts"];

const RULES = ["redos/no-vulnerable", "no-restricted-syntax"];

const PATTERNS: [what: string, code: string, rule: string | undefined][] = [
  ["the end of a text, looked for from each place", `text.replace(/=+$/, "")`, RULES[0]],
  [
    "a message of graphql-js",
    String.raw`/(?:\w+|Enum "\w+") cannot represent (?:[\w-]+ )*value: .*$/s.test(text)`,
    RULES[0],
  ],
  ["a suggestion of graphql-js", String.raw`text.replace(/ Did you mean [^?]*\?/g, "")`, RULES[0]],
  ["one that takes exponential time", `/^(a+)+$/.test(text)`, RULES[0]],
  ["one that is made of a text", `new RegExp(text)`, RULES[1]],
  ["one that is made without new", `RegExp("a" + text)`, RULES[1]],
  ["one that is found through the global object", `new globalThis.RegExp(text)`, RULES[1]],
  ["the end of a text, from its beginning", `/^[^=]*=*$/.test(text)`, undefined],
  ["a name", String.raw`/^[a-z]\w{0,20}$/.test(text)`, undefined],
];

/** The rules as `npm run check` has them for a file. ESLint is a module of the kind that jest does not load. */
const SCRIPT = `
  import { ESLint, Linter } from "eslint";
  const [file, rules, code] = process.argv.slice(1);
  const config = await new ESLint().calculateConfigForFile(file);
  const wanted = Object.fromEntries(JSON.parse(rules).map((name) => [name, config.rules[name]]));
  const { redos } = config.plugins;
  console.log(JSON.stringify(new Linter().verify(code, { plugins: { redos }, rules: wanted })));
`;

async function lint(file: string, code: string): Promise<{ line: number; ruleId: string | null }[]> {
  const args = ["--input-type=module", "-e", SCRIPT, file, JSON.stringify(RULES), code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return JSON.parse(stdout) as { line: number; ruleId: string | null }[];
}

describe.each(FILES)("in %s `npm run check` finds an expression that takes more than linear time", (file) => {
  let found: Map<number, string | null>;
  beforeAll(async () => {
    const lines = PATTERNS.map(([, code], at) => `export const f${at} = (text) => ${code};`);
    const messages = await lint(file, lines.join("\n"));
    found = new Map(messages.map(({ line, ruleId }) => [line, ruleId]));
  });

  it.each(PATTERNS.map((pattern, at) => [...pattern, at + 1] as const))("%s: %s", (_, _code, rule, line) => {
    expect(found.get(line)).toBe(rule);
  });
});
