import { execFile } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** Any file that the rule is for: ESLint takes its settings, and the text below instead of its own. */
const FILE = "src/errors/text-length.ts";

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

function lint(code: string): Promise<{ line: number; ruleId: string | null }[]> {
  return new Promise((resolve, reject) => {
    const eslint = join(ROOT, "node_modules/eslint/bin/eslint.js");
    const args = [eslint, "--stdin", "--stdin-filename", FILE, "--format", "json"];
    const child = execFile(process.execPath, args, { cwd: ROOT }, (error, stdout, stderr) => {
      if (stdout === "") return reject(new Error(stderr || error?.message));
      const [{ messages }] = JSON.parse(stdout) as [{ messages: { line: number; ruleId: string | null }[] }];
      resolve(messages);
    });
    child.stdin?.end(code);
  });
}

describe("`npm run check` finds a regular expression that takes more than linear time", () => {
  let found: Map<number, string | null>;
  beforeAll(async () => {
    const lines = PATTERNS.map(
      ([, code]) =>
        `export const ${"f"}${PATTERNS.findIndex(([, one]) => one === code)} = (text: string) => ${code};`,
    );
    const messages = (await lint(`${lines.join("\n")}\n`)).filter(({ ruleId }) =>
      RULES.includes(ruleId ?? ""),
    );
    found = new Map(messages.map(({ line, ruleId }) => [line, ruleId]));
  }, 120_000);

  it.each(PATTERNS.map((pattern, at) => [...pattern, at + 1] as const))("%s: %s", (_, _code, rule, line) => {
    expect(found.get(line)).toBe(rule);
  });
});
