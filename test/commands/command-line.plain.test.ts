import { FieldChecks } from "../../src/errors/field-checks";
import { helpOfGroup, helpOfSubcommand } from "../../src/commands/command-help";
import { asksForHelp, readCommandLine } from "../../src/commands/command-line";
import type { Subcommand } from "../../src/commands/subcommand";

const paint: Subcommand = {
  about: "paints a wall",
  options: {
    colour: { about: "which colour", required: true, choices: ["RED", "BLUE"] },
    "wall-id": { about: "which wall", required: true },
    note: { about: "what to remember" },
  },
  check: ({ note, "wall-id": wallId }) =>
    new FieldChecks()
      .text("note", note, { max: 5 })
      .text("wallId", wallId ?? "", { max: 3 })
      .field("note", note === "rude" ? "A note must be polite." : undefined)
      .done(),
  runAlone: () => Promise.resolve("painted"),
};

const read = (line: string) => readCommandLine(paint, line === "" ? [] : line.split(" "));

it.each([
  ["--colour RED --wall-id w1", { colour: "RED", "wall-id": "w1" }],
  ["--colour=RED --wall-id=w1 --note=-5", { colour: "RED", "wall-id": "w1", note: "-5" }],
  ["--note -x --wall-id w1 --colour BLUE", { colour: "BLUE", "wall-id": "w1", note: "-x" }],
  ["--note=a=b --wall-id w1 --colour BLUE", { colour: "BLUE", "wall-id": "w1", note: "a=b" }],
])("%s is understood", (line, values) => {
  expect(read(line)).toEqual({ values, problems: [] });
});

it.each([
  ["what is missing", "", [/^--colour is required: which colour/, /^--wall-id is required: which wall/]],
  [
    "an option without a value",
    "--colour --wall-id w1 --note",
    [/^--note needs a value/, /^--colour needs a value: which colour\.$/],
  ],
  [
    "a value whose bytes were not UTF-8",
    "--colour RED --wall-id w\uFFFD",
    [/^--wall-id is not UTF-8; set the terminal to UTF-8/],
  ],
  ["a value that there is not", "--colour GREEN --wall-id w1", [/^--colour must be one of RED, BLUE\./]],
  [
    "an option that there is not",
    "--colour RED --wall-id w1 --size 3",
    [/^--size is no option here; .*--wall-id/],
  ],
  ["what Object has by itself", "--colour RED --wall-id w1 --constructor 3", [/^--constructor is no option/]],
  ["a stray word", "--colour RED blue --wall-id w1", [/^blue stands there without an option/]],
  ["an option given twice", "--colour RED --wall-id w1 --colour BLUE", [/^--colour is given twice/]],
  [
    "what the use case checks, by the option's name",
    "--colour RED --wall-id wall",
    [/^--wall-id must have 1 to 3/],
  ],
  [
    "a rule that does not name the field",
    "--colour RED --wall-id w --note rude",
    [/^--note: A note must be polite/],
  ],
  [
    "everything at once",
    "--wall-id wall --note longer --size 3",
    [/^--size/, /^--colour is required/, /^--note must have/, /^--wall-id must have/],
  ],
])("it reports %s", (_what, line, problems) => {
  const found = read(line).problems;
  expect(found).toHaveLength(problems.length);
  problems.forEach((problem, at) => expect(found[at]).toMatch(problem));
});

it("an argument is the one word that stands without an option, and is required", () => {
  const print: Subcommand = {
    ...paint,
    options: {},
    check: undefined,
    argument: { name: "FILE", about: "what" },
  };
  expect(readCommandLine(print, ["a.txt"])).toMatchObject({ values: { FILE: "a.txt" }, problems: [] });
  expect(readCommandLine(print, []).problems).toEqual(["FILE is required: what."]);
  expect(readCommandLine(print, ["a.txt", "b.txt"]).problems).toEqual([
    "b.txt stands there without an option; quote a value that has spaces.",
  ]);
  expect(readCommandLine(print, ["a.txt", "--force"]).problems).toEqual([
    "--force is no option here; there are none, besides --help.",
  ]);
});

it("help is asked for by --help, and by -h where it is no value", () => {
  expect(asksForHelp(["--colour", "RED", "--help"])).toBe(true);
  expect(asksForHelp(["--colour", "--help"])).toBe(true);
  expect(asksForHelp(["-h"])).toBe(true);
  expect(asksForHelp(["--note", "-h"])).toBe(false);
  expect(asksForHelp(["--note=--help"])).toBe(false);
});

it("the help of a subcommand names its options and what they take, that of a group its subcommands", () => {
  const help = helpOfSubcommand("partnergraph paint", paint);
  expect(help).toMatch(/^Usage: partnergraph paint --OPTION VALUE \.\.\.\n\npaints a wall\n/);
  expect(help).toMatch(/--colour +which colour: RED, BLUE$/m);
  expect(help).toMatch(/--note +\(optional\) what to remember$/m);
  const group = helpOfGroup("partnergraph", { about: "Walls.", subcommands: { paint } });
  expect(group).toMatch(/^Usage: partnergraph SUBCOMMAND \.\.\.\n\nWalls\.\n\n {2}paint +paints a wall$/m);
  expect(group).not.toContain("--colour");
});
