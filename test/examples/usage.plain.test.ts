import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FragmentDefinitionNode, Kind, parse, print, type SelectionSetNode } from "graphql";

const EXAMPLES = join(__dirname, "../../examples");
const SCRIPTS = [
  "walkthrough.sh",
  "listeners/sse.sh",
  "listeners/websocket.mjs",
  "listeners/webhook-receiver.mjs",
];

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs an example with these words, without any of its variables. */
function run(script: string, args: string[], variables: Record<string, string> = {}): Promise<Ended> {
  const program = script.endsWith(".sh") ? "bash" : process.execPath;
  const env = { PATH: process.env.PATH ?? "", ...variables };
  return new Promise((resolve) => {
    execFile(program, [join(EXAMPLES, script), ...args], { env, timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });
}

it.each(SCRIPTS)(
  "%s answers --help with all variables that it reads, and a word that it does not know with 2",
  async (script) => {
    for (const word of ["--help", "-h"]) {
      const { code, stdout, stderr } = await run(script, [word]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(script.split("/").at(-1) === "walkthrough.sh" ? "BASE_URL" : script);
      expect(stdout).not.toMatch(/^(#| \*|set -)/m);
    }
    const wrong = await run(script, ["--bogus"]);
    expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain("--help");
  },
);

it.each([
  ["listeners/websocket.mjs", { TOKEN: "t", HANDLER: "/not/there.mjs" }],
  ["listeners/websocket.mjs", { TOKEN: "t", CURSOR_FILE: EXAMPLES }],
  [
    "listeners/webhook-receiver.mjs",
    { WEBHOOK_SECRETS: `whsec_${"a".repeat(32)}`, HANDLER: "/not/there.mjs" },
  ],
])("%s says in a line which file cannot be used: %j", async (script, variables) => {
  const { code, stderr } = await run(script, [], variables);
  expect(code).toBe(2);
  expect(stderr).toContain(Object.values(variables).at(-1));
  expect(stderr).not.toMatch(/^ +at /m);
});

/** The fields that a listener asks of an event, as GraphQL prints them, in one order. */
function fieldsOf(selections: SelectionSetNode): string[] {
  return selections.selections.map((selection) => print(selection).replace(/\s+/g, " ")).sort();
}

it("both listeners ask for the same fields, so that they print the same of an event", () => {
  const [, facts = ""] = /const FACTS = `([^]*?)`;/.exec(
    readFileSync(join(EXAMPLES, "listeners/websocket.mjs"), "utf8"),
  ) ?? [""];
  const [fragment] = parse(facts).definitions as FragmentDefinitionNode[];
  const script = readFileSync(join(EXAMPLES, "listeners/sse.sh"), "utf8");
  const [, body = ""] = /events\(types:[^]*?\) \{\n([^]*?)\n {2}\}\n\}"/.exec(script) ?? [];
  const [inline] = parse(`{ events {\n${body}\n} }`).definitions;
  if (inline?.kind !== Kind.OPERATION_DEFINITION) throw new Error("sse.sh has no query that this test finds");
  const [events] = inline.selectionSet.selections;
  if (events?.kind !== Kind.FIELD || !events.selectionSet || !fragment) throw new Error("no fields");
  expect(fieldsOf(events.selectionSet)).toEqual(fieldsOf(fragment.selectionSet));
});
