import { spawn } from "node:child_process";
import { join } from "node:path";
import { startTestServer, type TestServer } from "../support/test-server";

const WALKTHROUGH = join(__dirname, "../../examples/walkthrough.sh");
const PEOPLE = [
  "direct-agent",
  "direct-sales",
  "provider-agent",
  "reseller-agent",
  "customer-admin-1",
  "customer-admin-2",
];
const PATIENCE_MS = 120_000;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

/** Plays the whole story against the server; the code it ended with and all that it printed. */
async function walk(
  environment: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const tokens: Record<string, string> = {};
  for (const person of PEOPLE) {
    tokens[`TOKEN_${person.toUpperCase().replaceAll("-", "_")}`] = await server.token(person);
  }
  const env = { ...process.env, BASE_URL: server.url, ...tokens, ...environment };
  // The script ends its own listeners when it is told to end.
  const script = spawn("bash", [WALKTHROUGH], {
    env,
    timeout: PATIENCE_MS,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [script.stdout, script.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    script.once("error", reject);
    script.once("close", resolve);
  });
  return { code, output };
}

test(
  "the whole story plays through, and plays through again on the same server",
  async () => {
    for (let time = 1; time <= 2; time++) {
      const { code, output } = await walk();
      if (code !== 0) throw new Error(`Walkthrough ${time} ended with ${code}:\n${output}`);
      expect(output.trimEnd().split("\n").at(-1)).toBe("walkthrough done");
    }
  },
  2 * PATIENCE_MS,
);

test(
  "the walkthrough ends at the first surprise, and says in which step",
  async () => {
    const { code, output } = await walk({ TOKEN_DIRECT_SALES: await server.token("direct-agent") });
    expect(code).toBe(1);
    expect(output).toMatch(/SURPRISE in step 4: .*FORBIDDEN\n +asked: .*customers.*\n +came back: \{"data"/);
    expect(output).not.toContain("walkthrough done");
  },
  PATIENCE_MS,
);
