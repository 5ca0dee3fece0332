import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { getMetadataArgsStorage } from "typeorm";
import { allEntities } from "../../entities";
import { ActivityRecord } from "../../entities/activity/activity-record";
import { IdempotencyRecord } from "../../entities/database/idempotency-record";
import { Event } from "../../entities/events/event";
import { OrganizationHead } from "../../entities/events/organization-head";
import type { EntityClass } from "../../src/area";
import { areas } from "../../src/areas";
import { type NamedTable, namedTables } from "./named-tables";

const ROOT = join(__dirname, "../..");
const MAX_CHAIN = 3;

/** Who stores what, and who else may read it. */
type Owner = Pick<(typeof areas)["partners"], "entities" | "readBy">;

/** What is not an area's. The head of an organization's streams is where areas meet the logs. */
const MECHANISMS: Record<string, Owner> = {
  events: {
    entities: [Event, OrganizationHead],
    readBy: {
      activity: [OrganizationHead],
      "unit-of-work": [OrganizationHead],
      relationships: [OrganizationHead],
      webhooks: [OrganizationHead],
    },
  },
  activity: { entities: [ActivityRecord], readBy: { "unit-of-work": [ActivityRecord] } },
  "unit-of-work": { entities: [IdempotencyRecord] },
};

/** What one transaction writes at once: both logs and the counts, with one lock of the heads. */
const WRITTEN_BY_THE_UNIT_OF_WORK: EntityClass[] = [Event, OrganizationHead, ActivityRecord];

/** Folders of `src` that are no part of the product's rules: they fill, copy, check and start a database. */
const OUTSIDE = ["demo", "backup", "consistency", "start", "database"];

const tableOf = (entity: unknown) =>
  getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name ?? "";

/** Which areas the files of an area import, by the paths in their imports. */
function importsOf(area: string, read: (file: string) => string, files: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const file of files.filter((each) => each.startsWith(`${area}/`)))
    for (const { fileName } of ts.preProcessFile(read(file)).importedFiles) {
      const [other = ""] = posix.normalize(posix.join(posix.dirname(file), fileName)).split("/");
      if (fileName.startsWith(".") && other !== area && other in areas) found.add(other);
    }
  return found;
}

/** Chains of areas in which each imports the next one, that end with one that imports none or with one that was there before. */
function chainsFrom(graph: ReadonlyMap<string, ReadonlySet<string>>, chain: string[]): string[][] {
  const last = chain[chain.length - 1] ?? "";
  const next = [...(graph.get(last) ?? [])];
  if (next.length === 0 || chain.indexOf(last) < chain.length - 1) return [chain];
  return next.flatMap((area) => chainsFrom(graph, [...chain, area]));
}

function wrongChains(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const chains = [...graph.keys()].flatMap((area) => chainsFrom(graph, [area]));
  const isCircle = (chain: string[]) => new Set(chain).size < chain.length;
  return chains
    .filter((chain) => isCircle(chain) || chain.length > MAX_CHAIN)
    .map((chain) => chain.join(" → "));
}

const src = join(ROOT, "src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

describe("areas", () => {
  it("are all listed, under the names of their folders", () => {
    const folders = readdirSync(src).filter((folder) => existsSync(join(src, folder, "area.ts")));
    expect(Object.keys(areas).sort()).toEqual(folders.sort());
  });

  it("import each other in no chain of more than three, and in no circle", () => {
    const read = (file: string) => readFileSync(join(src, file), "utf8");
    const graph = new Map(Object.keys(areas).map((area) => [area, importsOf(area, read, files)]));
    expect(wrongChains(graph)).toEqual([]);
    expect(graph.get("invitations")).toContain("customers");
  });

  it("are found in a chain or a circle where there is one", () => {
    const graph = (...edges: [string, ...string[]][]) =>
      new Map(edges.map(([area, ...others]) => [area, new Set(others)]));
    const four = graph(["identity", "customers"], ["customers", "partners"], ["partners", "catalog"]);
    expect(wrongChains(four)).toEqual(["identity → customers → partners → catalog"]);
    const circle = graph(["partners", "customers", "catalog"], ["customers", "partners"]);
    expect(wrongChains(circle)).toEqual([
      "partners → customers → partners",
      "customers → partners → customers",
    ]);
    const text = `import type { A } from "../partners"; import { b } from "./b"; export { c } from "../events/c";`;
    expect(importsOf("customers", () => text, ["customers/a.ts"])).toEqual(new Set(["partners"]));
  });

  it("and mechanisms store every entity, each one of them", () => {
    const owned = [...Object.values(areas), ...Object.values(MECHANISMS)].flatMap(({ entities }) => entities);
    expect(owned.map(tableOf).sort()).toEqual(allEntities.map(tableOf).sort());
  });
});

describe("statements", () => {
  const owners = new Map<string, [string, Owner]>(
    Object.entries({ ...areas, ...MECHANISMS }).flatMap(([name, owner]) =>
      owner.entities.map((entity) => [tableOf(entity), [name, owner]] as const),
    ),
  );
  const tables = new Map(allEntities.map((entity) => [entity.name, tableOf(entity)]));
  const named = namedTables(ROOT, tables).filter(({ module }) => !OUTSIDE.includes(module));

  function isAllowed({ module, table, isWrite }: NamedTable): boolean {
    const [name, owner] = owners.get(table) ?? [];
    if (name === module) return true;
    const isIn = (entities: readonly EntityClass[] = []) =>
      entities.some((entity) => tableOf(entity) === table);
    if (isWrite) return module === "unit-of-work" && isIn(WRITTEN_BY_THE_UNIT_OF_WORK);
    return isIn(owner?.readBy?.[module]);
  }

  it("name no table of another area, unless that one says that it may be read", () => {
    expect(named.filter((each) => !isAllowed(each))).toEqual([]);
  });

  it("need every permission to read that an owner gives", () => {
    const needless = [...owners.values()].flatMap(([name, { readBy = {} }]) =>
      Object.entries(readBy).flatMap(([module, entities]) =>
        entities
          .map(tableOf)
          .filter((table) => !named.some((each) => each.module === module && each.table === table))
          .map((table) => `${name} lets ${module} read ${table}`),
      ),
    );
    expect([...new Set(needless)]).toEqual([]);
  });

  it("are looked through for tables in their text, their helpers and by their entities", () => {
    const found = (file: string) =>
      named
        .filter((each) => each.file === file)
        .map(({ table, isWrite }) => `${isWrite ? "writes" : "reads"} ${table}`);
    expect(found("src/invitations/invitation.repository.ts")).toEqual(
      expect.arrayContaining([
        "reads invitation",
        "reads partner",
        "reads customer",
        "reads reseller_relationship",
      ]),
    );
    expect(found("src/relationships/change-kept-details.ts")).toEqual(["writes reseller_relationship"]);
    expect(found("src/webhooks/webhook.repository.ts")).toContain("writes webhook_endpoint");
    expect(found("src/catalog/get-offer.ts")).toEqual([]);
  });
});
