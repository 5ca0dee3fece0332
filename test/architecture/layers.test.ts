import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(__dirname, "../..");
const config = join(root, ".dependency-cruiser.cjs");
const cruiser = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
const rooms = ["src", "schema", "entities", "resolvers", "ormconfig.ts"];

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

/** What dependency-cruiser finds, as "rule: from -> to" lines, in the test context under `folder`. */
async function violationsIn(folder: string): Promise<string[]> {
  const present = rooms.filter((room) => existsSync(join(folder, room)));
  const options = ["--config", config, "--output-type", "json", ...present];
  const output = await new Promise<string>((resolve, reject) => {
    // The exit code is the number of violations, so the output decides.
    execFile(
      process.execPath,
      [cruiser, ...options],
      { cwd: folder, maxBuffer: 1e9 },
      (_, stdout, stderr) => {
        if (stdout.startsWith("{")) resolve(stdout);
        else reject(new Error(`dependency-cruiser did not run: ${stderr || stdout}`));
      },
    );
  });
  const { summary } = JSON.parse(output) as { summary: { violations: Violation[] } };
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort();
}

/** Builds a test context in a temporary folder, one line of code a file, and returns what is wrong with it. */
async function violationsOf(testContext: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "partnergraph-layers-"));
  try {
    for (const [file, code] of Object.entries(testContext)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), code);
    }
    return await violationsIn(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A test context in which every import is right. */
const soundTree: Record<string, string> = {
  "entities/customers/customer.ts": `
    import { Entity } from "typeorm";
    import type { Tag } from "./tag";
    export class Customer { tag: Tag }`,
  "entities/customers/tag.ts": `
    import { Column } from "typeorm";
    import { Customer } from "./customer";
    export class Tag { customer: Customer }`,
  "schema/customers/customer.enums.ts": `import { Customer } from "../../entities/customers/customer"; export { Customer };`,
  "schema/customers/customer.type.ts": `
    import { Field } from "type-graphql";
    import { IsEmail } from "class-validator";
    import { Customer } from "./customer.enums";
    import type { Tag } from "../../entities/customers/tag";
    import { customerErrors } from "../../src/customers/customer.errors";
    import { clock } from "../../src/context/clock";
    import { may } from "../../src/access/may";
    import { domain } from "../../src/values/domain";
    import { eventMap } from "../../src/events/event-map";
    import { customerEvents } from "../../src/events/catalogue/customers";`,
  "resolvers/customers/customer.resolver.ts": `
    import { Query } from "type-graphql";
    import "../../schema/customers/customer.type";
    import type { Customer } from "../../entities/customers/customer";
    import { removeCustomer } from "../../src/customers";
    import { areas } from "../../src/areas";
    import { clock } from "../../src/context/clock";
    import { eventMap } from "../../src/events/event-map";`,
  "src/main.ts": `import "./commands/serve";`,
  "src/commands/serve.ts": `import "../start/start-server"; import "../customers"; import "../logging/log";`,
  "src/start/start-server.ts": `import "../transport/http/server"; import "../live/hub";`,
  "src/live/hub.ts": `import "../transport/graphql/schema"; export const hub = 1;`,
  "src/transport/graphql/schema.ts": `
    import { GraphQLSchema } from "graphql";
    import "../../../resolvers/customers/customer.resolver";`,
  "src/transport/http/server.ts": `
    import { createServer } from "node:http";
    import { ApolloServer } from "@apollo/server";
    import "../../live/hub";
    import "../../logging/log";`,
  "src/logging/log.ts": `export const log = 1;`,
  "src/values/domain.ts": `import "../errors/problem"; import { domainToASCII } from "node:url"; export const domain = 1;`,
  "src/errors/problem.ts": `export const problem = 1;`,
  "src/context/clock.ts": `export const clock = 1;`,
  "src/access/may.ts": `export const may = 1;`,
  "src/events/event-map.ts": `export const eventMap = 1;`,
  "src/events/event-log.ts": `export const readEvents = 1;`,
  "src/events/catalogue/customers.ts": `export const customerEvents = 1;`,
  "src/unit-of-work/transaction.ts": `import { DataSource } from "typeorm";`,
  "src/area.ts": `export const defineArea = 1;`,
  "src/areas.ts": `import { customers } from "./customers/area"; export const areas = customers;`,
  "src/customers/area.ts": `import { defineArea } from "../area"; import "./remove-customer"; export const customers = defineArea;`,
  "src/customers/index.ts": `export { removeCustomer } from "./remove-customer";`,
  "src/customers/remove-customer.ts": `
    import { Customer } from "../../entities/customers/customer";
    import "../unit-of-work/transaction";
    import { invitationOf } from "../invitations";
    import { customerOf } from "./customer.repository";
    import { mayRemove } from "./customer.policy";
    export const removeCustomer = 1;`,
  "src/customers/customer.repository.ts": `import "typeorm"; import "../unit-of-work/transaction"; export const customerOf = 1;`,
  "src/customers/customer.policy.ts": `
    import { Customer } from "../../entities/customers/customer";
    import { may } from "../access/may";
    import { domain } from "../values/domain";
    import { createHash } from "node:crypto";
    export const mayRemove = 1;`,
  "src/customers/customer.errors.ts": `export const customerErrors = 1;`,
  "src/invitations/index.ts": `export { invitationOf } from "./invitation.repository";`,
  "src/invitations/invitation.repository.ts": `import "typeorm"; export const invitationOf = 1;`,
};

/** Which rule stops which import. */
const wrongImports: [rule: string, file: string, imports: string, resolvesTo: string][] = [
  ["entities-are-the-floor", "entities/a.ts", "../src/context/clock", "src/context/clock.ts"],
  ["entities-are-the-floor", "entities/a.ts", "luxon", "luxon"],
  [
    "entities-are-the-floor",
    "entities/a.ts",
    "../schema/customers/customer.type",
    "schema/customers/customer.type.ts",
  ],
  ["schema-holds-no-behaviour", "schema/a.ts", "../src/customers", "src/customers/index.ts"],
  [
    "schema-holds-no-behaviour",
    "schema/a.ts",
    "../src/unit-of-work/transaction",
    "src/unit-of-work/transaction.ts",
  ],
  ["schema-holds-no-behaviour", "schema/a.ts", "../src/events/event-log", "src/events/event-log.ts"],
  ["schema-holds-no-behaviour", "schema/a.ts", "typeorm", "typeorm"],
  ["enums-are-registered", "schema/a.ts", "../entities/customers/customer", "entities/customers/customer.ts"],
  ["resolvers-only-translate", "resolvers/a.ts", "typeorm", "typeorm"],
  [
    "resolvers-only-translate",
    "resolvers/a.ts",
    "../src/unit-of-work/transaction",
    "src/unit-of-work/transaction.ts",
  ],
  [
    "resolvers-only-translate",
    "resolvers/a.ts",
    "../src/customers/customer.repository",
    "src/customers/customer.repository.ts",
  ],
  [
    "resolvers-only-translate",
    "resolvers/a.ts",
    "../src/customers/remove-customer",
    "src/customers/remove-customer.ts",
  ],
  [
    "resolvers-only-translate",
    "resolvers/a.ts",
    "../entities/customers/customer",
    "entities/customers/customer.ts",
  ],
  ["use-cases-do-not-know-graphql", "src/customers/a.ts", "graphql", "graphql"],
  ["use-cases-do-not-know-graphql", "src/customers/a.ts", "@apollo/server", "@apollo/server"],
  ["use-cases-do-not-know-graphql", "src/context/a.ts", "type-graphql", "type-graphql"],
  [
    "use-cases-do-not-know-graphql",
    "src/customers/a.ts",
    "../../schema/customers/customer.type",
    "schema/customers/customer.type.ts",
  ],
  [
    "use-cases-do-not-know-graphql",
    "src/customers/a.ts",
    "../../resolvers/customers/customer.resolver",
    "resolvers/customers/customer.resolver.ts",
  ],
  [
    "areas-meet-at-the-front-door",
    "src/customers/a.ts",
    "../invitations/invitation.repository",
    "src/invitations/invitation.repository.ts",
  ],
  [
    "areas-meet-at-the-front-door",
    "src/transport/a.ts",
    "../invitations/invitation.repository",
    "src/invitations/invitation.repository.ts",
  ],
  ["areas-do-not-know-the-list", "src/customers/a.ts", "../areas", "src/areas.ts"],
  ["areas-do-not-know-the-list", "src/unit-of-work/a.ts", "../areas", "src/areas.ts"],
  ["areas-do-not-know-the-list", "src/customers/a.ts", "./area", "src/customers/area.ts"],
  ["lifecycle-and-policy-are-pure", "src/customers/a.policy.ts", "typeorm", "typeorm"],
  ["lifecycle-and-policy-are-pure", "src/customers/a.policy.ts", "node:fs/promises", "fs/promises"],
  [
    "lifecycle-and-policy-are-pure",
    "src/customers/a.lifecycle.ts",
    "../unit-of-work/transaction",
    "src/unit-of-work/transaction.ts",
  ],
  [
    "lifecycle-and-policy-are-pure",
    "src/customers/a.lifecycle.ts",
    "./customer.repository",
    "src/customers/customer.repository.ts",
  ],
  ["database-knows-no-business", "src/database/a.ts", "../events/event-map", "src/events/event-map.ts"],
  ["database-knows-no-business", "src/database/a.ts", "../customers", "src/customers/index.ts"],
  ["values-know-no-database", "src/values/a.ts", "../context/clock", "src/context/clock.ts"],
  ["values-know-no-database", "src/values/a.ts", "../customers", "src/customers/index.ts"],
  ["values-know-no-database", "src/values/a.ts", "typeorm", "typeorm"],
  ["values-know-no-database", "src/values/a.ts", "node:fs", "fs"],
  [
    "nothing-imports-back-up",
    "src/customers/a.ts",
    "../transport/http/server",
    "src/transport/http/server.ts",
  ],
  ["nothing-imports-back-up", "src/errors/a.ts", "../logging/log", "src/logging/log.ts"],
  ["nothing-imports-back-up", "resolvers/a.ts", "../src/live/hub", "src/live/hub.ts"],
  ["live-knows-no-protocol", "src/live/a.ts", "../transport/http/server", "src/transport/http/server.ts"],
  ["only-the-start-knows-all", "src/transport/a.ts", "../start/start-server", "src/start/start-server.ts"],
  ["only-the-start-knows-all", "src/logging/a.ts", "../commands/serve", "src/commands/serve.ts"],
];

// That our own files keep the rules is shown by `npm run check`.
describe("the layer rules", () => {
  it("let every import of a sound house pass, type-only cycles between entities included", async () => {
    expect(await violationsOf(soundTree)).toEqual([]);
  });

  it("report each import that leaves its layer, under the rule that forbids it, and nothing else", async () => {
    const testContext = { ...soundTree };
    const expected: string[] = [];
    wrongImports.forEach(([rule, file, imports, resolvesTo], index) => {
      const wrongFile = file.replace("/a.", `/wrong-${index}.`);
      testContext[wrongFile] = `import { something } from "${imports}";`;
      expected.push(`${rule}: ${wrongFile} -> ${resolvesTo}`);
    });
    expect(await violationsOf(testContext)).toEqual(expected.sort());
  });

  it("report a circle of files, and between entities a circle of values", async () => {
    const circles = await violationsOf({
      "src/customers/hen.ts": `import { egg } from "./egg"; export const hen = 1;`,
      "src/customers/egg.ts": `import { hen } from "./hen"; export const egg = 1;`,
      "src/invitations/left.ts": `import type { Right } from "./right"; export interface Left { right: Right }`,
      "src/invitations/right.ts": `import type { Left } from "./left"; export interface Right { left: Left }`,
      "entities/one.ts": `import { two } from "./two"; export const one = 1;`,
      "entities/two.ts": `import { one } from "./one"; export const two = 1;`,
    });
    expect(circles).toEqual([
      "no-circular: entities/one.ts -> entities/two.ts",
      "no-circular: src/customers/egg.ts -> src/customers/hen.ts",
      "no-circular: src/invitations/left.ts -> src/invitations/right.ts",
    ]);
  });

  it("are each shown to bite by one of the tests above", () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- dependency-cruiser's config is CommonJS
    const { forbidden } = require(config) as { forbidden: { name: string; comment: string }[] };
    const shown = new Set([...wrongImports.map(([rule]) => rule), "no-circular"]);
    expect(new Set(forbidden.map((rule) => rule.name))).toEqual(shown);
    expect(forbidden.filter((rule) => !/^[A-Z].+\.$/.test(rule.comment))).toEqual([]);
  });
});
