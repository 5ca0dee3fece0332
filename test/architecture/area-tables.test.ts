import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { isEnumType } from "graphql";
import { getMetadataStorage } from "type-graphql";
import { errorDefinitions } from "../../schema/errors/error-code.enum";
import { permissions } from "../../src/access/permissions";
import { eventCatalogue } from "../../src/events/event-catalogue";
import type { EventDefinition } from "../../src/events/catalogue/event-definition";
import { buildApiSchema } from "../../src/transport/graphql/schema";

/* What the areas' tables say is joined by a short list. A table that the list forgets, or a name in two tables, must not pass. */

const root = join(__dirname, "../..");

type Table = Record<string, unknown>;

/** What every area serves. */
const GENERAL = "general";

/** The modules in a folder, by the paths of their files from there; folders in it are searched too. */
function modulesIn(folder: string, suffix = ".ts"): [file: string, exported: Table][] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(suffix))
    .map((file) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- which files there are is what is asked
      return [file, require(join(root, folder, file)) as Table];
    });
}

/** The tables in a folder, by the areas that they are of: in each file but some, all that is exported. */
function tablesIn(folder: string, others: string[]): [area: string, table: Table][] {
  return modulesIn(folder).flatMap(([file, exported]) => {
    const area = basename(file, ".ts");
    return others.includes(area)
      ? []
      : Object.values(exported).map((table): [string, Table] => [area, table as Table]);
  });
}

/** What is wrong with areas' tables of names like `noun.verb`, and with the list that joins them. */
function problemsOf(tables: [area: string, table: Table][], joined: Table): string[] {
  const owners = new Map<string, Set<string>>();
  for (const [area, table] of tables)
    for (const name of Object.keys(table))
      for (const part of [name, name.split(".")[0] ?? name])
        owners.set(part, (owners.get(part) ?? new Set()).add(area));
  const named = tables.flatMap(([, table]) => Object.keys(table));
  return [
    ...tables
      .filter(([area]) => area !== GENERAL && !existsSync(join(root, "src", area)))
      .map(([area]) => `${area} is no area`),
    ...tables.flatMap(([area, table]) =>
      Object.keys(table)
        .filter((name) => joined[name] !== table[name])
        .map((name) => `${name} of ${area} is not in the list`),
    ),
    ...Object.keys(joined)
      .filter((name) => !named.includes(name))
      .map((name) => `${name} is in no area's table`),
    ...[...owners]
      .filter(([, areas]) => areas.size > 1)
      .map(([name, areas]) => `${name} is in the tables of ${[...areas].join(" and ")}`),
  ];
}

/** What has a meaning of no words. */
function withoutMeaning(meanings: Record<string, string>): string[] {
  return Object.entries(meanings)
    .filter(([, meaning]) => !/\w+ \w+/.test(meaning))
    .map(([name]) => name);
}

describe("the areas' events", () => {
  const tables = tablesIn("src/events/catalogue", ["event-definition", "real-names"]);

  it("are all in the catalogue, each in the table of one area, which has all events about its subjects", () => {
    expect(problemsOf(tables, eventCatalogue)).toEqual([]);
    expect(tables.length).toBeGreaterThan(5);
  });

  it("and every field of their payloads have a meaning", () => {
    const all = Object.entries<EventDefinition>(eventCatalogue);
    const fields = all.flatMap(([type, { payload }]) =>
      Object.entries(payload).map(([name, { meaning }]) => [`${type} ${name}`, meaning] as const),
    );
    const events = all.map(([type, { meaning }]) => [type, meaning] as const);
    const subjects = all.map(([, { subject }]) => [subject.interfaceName, subject.description] as const);
    expect(withoutMeaning(Object.fromEntries([...fields, ...events, ...subjects]))).toEqual([]);
  });
});

describe("the areas' permissions", () => {
  const tables = tablesIn("src/access/permissions", ["permission-rule"]);

  it("are all in the list, each in the table of one area, which has all permissions about its things", () => {
    expect(problemsOf(tables, permissions)).toEqual([]);
    expect(tables.length).toBeGreaterThan(8);
  });

  it("have a meaning", () => {
    const meanings = Object.entries(permissions).map(([name, { means }]) => [name, means] as const);
    expect(withoutMeaning(Object.fromEntries(meanings))).toEqual([]);
  });
});

it("the areas' error codes are all in the enum, each in the list of one area", () => {
  const catalogues = modulesIn("src", ".errors.ts").flatMap(([, exported]) => Object.values(exported));
  const codes = catalogues.flatMap((catalogue) =>
    Object.keys((catalogue as { definitions?: object }).definitions ?? {}),
  );
  const listed = Object.values(errorDefinitions).flatMap((definitions) => Object.keys(definitions));
  expect(listed.sort()).toEqual(codes.sort());
  expect(new Set(codes).size).toBe(codes.length);
});

/** Enums of the entities that no field shows, with the reason. */
const NOT_SHOWN: Record<string, string> = {
  PartnershipStatus: "partnerships are no type of the schema",
};

/** The enums among what modules export: their keys are their values. */
function enumsAmong(modules: Table[]): Record<string, object> {
  const exported = modules.flatMap((module) => Object.entries(module));
  return Object.fromEntries(
    exported.filter((entry): entry is [string, object] => {
      const [, value] = entry;
      if (typeof value !== "object" || value === null) return false;
      const entries = Object.entries(value);
      return entries.length > 0 && entries.every(([key, text]) => key === text);
    }),
  );
}

describe("the enums", () => {
  const ofEntities = enumsAmong(modulesIn("entities").map(([, exported]) => exported));
  const registered = () => new Map(getMetadataStorage().enums.map(({ name, enumObj }) => [name, enumObj]));

  it("of the entities are registered under their names, unless no field shows them", () => {
    const missing = Object.keys(ofEntities).filter((name) => registered().get(name) !== ofEntities[name]);
    expect(missing).toEqual(Object.keys(NOT_SHOWN));
    expect(Object.keys(ofEntities).length).toBeGreaterThan(15);
  });

  it("that an area registers are in the schema, and the schema has no others", () => {
    modulesIn("schema", ".enums.ts");
    const shown = Object.values(buildApiSchema().getTypeMap()).filter(
      (type) => isEnumType(type) && !type.name.startsWith("__"),
    );
    expect([...registered().keys()].sort()).toEqual(shown.map(({ name }) => name).sort());
  });
});

describe("the checks of the tables", () => {
  const row = { means: "See offers" };

  it("find a table that the list forgets, one of no area, a name that no area has, and one that two have", () => {
    expect(
      problemsOf(
        [
          ["catalog", { "offer.read": row }],
          ["customers", { "customer.read": row, "offer.sell": row }],
          ["customers", { "customer.update": { ...row } }],
          ["shelves", { "shelf.read": row }],
          [GENERAL, { "node.read": row }],
        ],
        {
          "offer.read": row,
          "offer.sell": row,
          "customer.read": row,
          "customer.update": row,
          "shelf.read": row,
          "node.read": row,
          "user.read": row,
        },
      ),
    ).toEqual([
      "shelves is no area",
      "customer.update of customers is not in the list",
      "user.read is in no area's table",
      "offer is in the tables of catalog and customers",
    ]);
  });

  it("find what has no meaning, and enums among other exports", () => {
    expect(withoutMeaning({ a: "", b: " ", c: "-", d: "Id.", e: "How many." })).toEqual(["a", "b", "c", "d"]);
    const Colour = { RED: "RED", BLUE: "BLUE" };
    expect(
      enumsAmong([{ Colour, SIZES: [1], NAMES: { a: "b" }, NONE: {}, count: 1, nothing: null }]),
    ).toEqual({
      Colour,
    });
  });
});
