import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildProgram, type Program } from "../start/program";
import { openCommandShell } from "../support/command-shell";
import { fencedBlocks } from "../support/fenced-blocks";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { startTestServer, type TestServer } from "../support/test-server";

/** As the guide has it: the address of the database that the drill makes. */
const ADDRESS = "mysql://partnergraph:secret@127.0.0.1:3306/partnergraph_drill";

let program: Program;
let database: TestDatabase;
let server: TestServer;
beforeAll(async () => {
  program = await buildProgram();
  database = await makeTestDatabase({ migrated: true });
  server = await startTestServer({}, database);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
  await program.remove();
});

/** The `mariadb` of the guide, whose user has its password in a file. */
function mariadbScript(url: URL): string {
  const settings = join(database.folder, "mariadb.cnf");
  const { hostname, port, username, password } = url;
  const lines = [
    `host=${hostname}`,
    `port=${port}`,
    `user=${username}`,
    `password=${password}`,
    "protocol=tcp",
  ];
  writeFileSync(settings, `[client]\n${lines.join("\n")}\n`, { mode: 0o600 });
  return `PATH=\${PATH#*:}\nexec mariadb --defaults-file=${settings} "$@"`;
}

it("the drill of the operator's guide, word for word, beside the running server", async () => {
  const beginning = `npx partnergraph backup ./drill.${testDatabase === "sqlite" ? "sqlite" : "backup"}`;
  const [block, ...others] = fencedBlocks("docs/operating.md").filter(({ text }) =>
    text.startsWith(beginning),
  );
  expect(others).toEqual([]);
  const { DATA_DIR, DATABASE_URL } = database.environment;
  let script = block?.text ?? "exit 9";
  let more: Record<string, string> = {};
  if (testDatabase === "mariadb") {
    const url = new URL(DATABASE_URL);
    const name = `${url.pathname.slice(1)}_drill`;
    more = { mariadb: mariadbScript(url) };
    url.pathname = `/${name}`;
    script = script.replaceAll(ADDRESS, url.href).replaceAll("partnergraph_drill", name);
  }
  const shell = openCommandShell(program.file, { DATA_DIR, DATABASE_URL, LOG_LEVEL: "silent" }, more);
  try {
    const { code, stdout, stderr } = await shell.run(script, shell.folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Backup: [^]*^Restored\. Everything agrees\.$[^]*^Everything agrees\.\n$/m);
  } finally {
    shell.close();
  }
  const answer = await (await server.as("direct-agent")).ask("{ customers { totalCount } }");
  expect(answer).toEqual({ data: { customers: { totalCount: 6 } } });
});
