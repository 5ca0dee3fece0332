import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { greeting } from "../../src/commands/greeting";

const developmentIssuer = { sign: () => Promise.resolve("a.b.c") };

/** What the greeting says to somebody whose server has this data folder. */
const greetingFor = (dataDir: string) =>
  greeting({ url: "http://127.0.0.1:4000", developmentIssuer } as unknown as Parameters<typeof greeting>[0], {
    demo: true,
    explorer: true,
    dataDir,
  });

it("with the usual data folder prints the short command", async () => {
  const text = await greetingFor(join(__dirname, "../../data"));
  expect(text).toContain("Bearer $(npm run -s token -- direct-agent)");
  expect(text).toContain("(again: npm run -s token -- NAME)");
});

it.each(["/srv/partnergraph", "/srv/it's mine/$HOME", "/srv/ü"])(
  "with the data folder %s prints commands that name it, as the shell reads it",
  async (dataDir) => {
    const text = await greetingFor(dataDir);
    const [, command = ""] = /\(again: (DATA_DIR=.*) npm run -s token -- NAME\)/.exec(text) ?? [];
    expect(text).toContain(`$(${command} npm run -s token -- direct-agent)`);
    // Twice as deep as in the line that is printed: within a command substitution within double quotes.
    const shown = execFileSync("bash", ["-c", `printf %s "$(${command} printenv DATA_DIR)"`]).toString();
    expect(shown).toBe(dataDir);
  },
);
