"use strict";

const path = require("node:path");

/** Matches a package by name, whether it was found in node_modules or not. */
const packages = (names) => `^(node_modules/)?(${names.join("|")})(/|$)`;

const DATABASE_PACKAGES = packages(["typeorm", "mysql2", "libsql"]);
const GRAPHQL_PACKAGES = packages([
  "graphql",
  "graphql-[^/]+",
  "type-graphql",
  "@apollo",
  "@as-integrations",
  "@graphql-yoga",
  "@graphql-tools",
]);
const IO_BUILTINS =
  "^(?:node:)?(?:child_process|cluster|dgram|dns|fs|http|http2|https|net|os|process|readline|tls|worker_threads)(?:/|$)";

/** Not areas: every area may open their files directly. Events and activity are the logs that the unit of work writes. */
const INFRASTRUCTURE =
  "^src/(?:context|access|errors|values|database|unit-of-work|jobs|events|activity|config)/";
/** What stands above the resolvers: it starts the server, talks to the network and serves the operator. */
const TOP = "^src/(?:start|commands|cluster|transport|live|metrics|logging)/";
const AREA_INDEX = "^src/[^/]+/index\\.ts$";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "entities-are-the-floor",
      comment:
        "Entities say what is stored: they import typeorm, reflect-metadata and each other, nothing else.",
      severity: "error",
      from: { path: "^entities/" },
      to: { pathNot: ["^entities/", packages(["typeorm", "reflect-metadata"])] },
    },
    {
      name: "values-know-no-database",
      comment:
        "Value rules are true of a text or a number alone: they import errors, each other and libraries that compute. What needs rows belongs to an area.",
      severity: "error",
      from: { path: "^src/values/" },
      to: {
        path: [
          "^(?!src/(?:values|errors)/)(?:src|schema|entities|resolvers)/",
          "^ormconfig\\.ts$",
          DATABASE_PACKAGES,
          IO_BUILTINS,
        ],
      },
    },
    {
      name: "database-knows-no-business",
      comment:
        "Connections, statements, paging and migrations know no event, no activity log and no area. What a change records is the unit of work's.",
      severity: "error",
      from: { path: "^src/database/" },
      to: { path: "^src/", pathNot: "^src/(?:database|context|access|errors|values|config)/" },
    },
    {
      name: "schema-holds-no-behaviour",
      comment:
        "The schema says what the world sees: GraphQL and validation decorators, entities (types, enums and id prefixes), value rules, error codes, permissions, context types and event names. It calls no use case.",
      severity: "error",
      from: { path: "^schema/" },
      to: {
        pathNot: [
          "^schema/",
          "^entities/",
          packages(["type-graphql", "graphql", "graphql-scalars", "class-validator", "reflect-metadata"]),
          "^src/(?:errors|values)/",
          "^src/.+\\.errors\\.ts$",
          "^src/access/",
          "^src/context/",
          "^src/events/(?:event-map\\.ts$|event-catalogue\\.ts$|catalogue/)",
        ],
      },
    },
    {
      name: "enums-are-registered",
      comment:
        "A type or input of the schema takes an enum from the *.enums.ts that registers it, not from the entities: so one that is not registered cannot be used.",
      severity: "error",
      from: { path: "^schema/", pathNot: "\\.enums\\.ts$" },
      to: { path: "^entities/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "resolvers-only-translate",
      comment:
        "A resolver turns GraphQL into one use case call: it knows no SQL, no repository, no transaction and no data source.",
      severity: "error",
      from: { path: "^resolvers/" },
      to: {
        path: [
          DATABASE_PACKAGES,
          "\\.repository\\.ts$",
          "^src/database/",
          "^src/unit-of-work/(?!mutation\\.ts$|use-case-context\\.ts$|ensure-may-use\\.ts$)",
        ],
      },
    },
    {
      name: "resolvers-only-translate",
      comment: "A resolver takes an area through its index, where the area says what others may use.",
      severity: "error",
      from: { path: "^resolvers/" },
      to: {
        path: "^src/[^/]+/",
        pathNot: [INFRASTRUCTURE, AREA_INDEX, TOP, "\\.repository\\.ts$"],
      },
    },
    {
      name: "resolvers-only-translate",
      comment: "A resolver may name an entity's type (import type); its enums come through the schema.",
      severity: "error",
      from: { path: "^resolvers/" },
      to: { path: "^entities/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "use-cases-do-not-know-graphql",
      comment:
        "Behind the resolvers nobody knows GraphQL, so a use case also serves a processor, a command or a test.",
      severity: "error",
      from: { path: "^src/", pathNot: TOP },
      to: { path: [GRAPHQL_PACKAGES, "^schema/", "^resolvers/"] },
    },
    {
      name: "areas-meet-at-the-front-door",
      comment:
        "An area uses another area only through its index; what is not exported there may change at any time.",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/[^/]+/", pathNot: ["^src/$1/", INFRASTRUCTURE, AREA_INDEX, TOP] },
    },
    {
      name: "areas-do-not-know-the-list",
      comment:
        "What the areas contribute is joined in src/areas.ts, and a use case gets it from its context (`ctx.contributions`). An area that needs another one uses a verb of its index.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: ["^src/areas\\.ts$", "^src/(?:transport|commands|start|backup|demo|consistency)/"],
      },
      to: { path: "^src/areas\\.ts$" },
    },
    {
      name: "areas-do-not-know-the-list",
      comment:
        "What an area contributes is taken from src/areas.ts; what others may call is in the area's index.",
      severity: "error",
      from: { pathNot: "^src/areas\\.ts$" },
      to: { path: "^src/[^/]+/area\\.ts$" },
    },
    {
      name: "lifecycle-and-policy-are-pure",
      comment:
        "A lifecycle or policy is true without a database: it decides from its arguments and touches nothing.",
      severity: "error",
      from: { path: "\\.(?:lifecycle|policy)\\.ts$" },
      to: {
        path: [DATABASE_PACKAGES, "^src/(?:database|unit-of-work)/", "\\.repository\\.ts$", IO_BUILTINS],
      },
    },
    {
      name: "nothing-imports-back-up",
      comment:
        "Starting, commands, workers, transport, live delivery, metrics and logging stand above the resolvers and the areas: nothing below imports them. What it needs from them is handed to it as a parameter, whose type it declares itself.",
      severity: "error",
      from: { pathNot: [TOP, "^src/(?:main|partnergraph)\\.ts$"] },
      to: { path: TOP },
    },
    {
      name: "live-knows-no-protocol",
      comment:
        "What live operations deliver is the same over WebSocket and SSE: src/live writes to a LiveSink, which the protocol implements. What depends on the protocol belongs to src/transport.",
      severity: "error",
      from: { path: "^src/live/" },
      to: {
        path: "^src/(?:start|commands|cluster|transport/(?:http|websocket|sse|streams|explorer|connections))/",
      },
    },
    {
      name: "only-the-start-knows-all",
      comment:
        "Only the commands and the primary of the workers start a server. What transport, live delivery, metrics and logging need is handed to them by src/start.",
      severity: "error",
      from: { path: "^src/(?:transport|live|metrics|logging)/" },
      to: { path: "^src/(?:start|commands|cluster)/" },
    },
    {
      name: "no-circular",
      comment: "Two files that need each other are one thing or three.",
      severity: "error",
      from: { pathNot: "^entities/" },
      to: { circular: true },
    },
    {
      name: "no-circular",
      comment: "Entities may know each other's types both ways; as values only one way.",
      severity: "error",
      from: { path: "^entities/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: path.join(__dirname, "tsconfig.json") },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["require", "node", "default", "types"],
    },
  },
};
