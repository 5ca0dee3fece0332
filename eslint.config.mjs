import { readFileSync } from "node:fs";
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import redos from "eslint-plugin-redos";
import tseslint from "typescript-eslint";

const nodeGlobals = Object.fromEntries(
  [
    "process",
    "Buffer",
    "URL",
    "setTimeout",
    "clearTimeout",
    "setInterval",
    "clearInterval",
    "console",
    "fetch",
  ]
    .map((name) => [name, "readonly"])
    .concat([
      ["AbortController", "readonly"],
      ["structuredClone", "readonly"],
      ["performance", "readonly"],
    ]),
);

/** Identifiers that only we understood, as whole words: what is meant has a standard term (CONTRIBUTING.md). */
const privateWords = JSON.parse(readFileSync(new URL(".ci/private-words.json", import.meta.url), "utf8"));

const stalledSocketKills =
  "One listener that stops reading makes its queue overflow, and that kills the process. Live surfaces read the event log: see src/events.";

const forbiddenImports = {
  paths: [
    { name: "type-graphql", importNames: ["createPubSub"], message: stalledSocketKills },
    { name: "graphql-yoga", importNames: ["createPubSub"], message: stalledSocketKills },
    { name: "@graphql-yoga/subscription", message: stalledSocketKills },
  ],
  patterns: [
    {
      regex: "^\\.{1,2}/.*\\.(js|ts)$",
      message: "Import without the extension: `npm run dev` and jest do not find './x.js'.",
    },
  ],
};

const noProcessEnv = {
  object: "process",
  property: "env",
  message:
    "Only src/config reads the environment (only-config-reads-env). Take what you need from the configuration.",
};

const noConsole = {
  object: "console",
  property: "log",
  message: "Log through the logger. Only src/commands, tests and examples write to standard output.",
};

const noEnvImport = ["process", "node:process"].map((name) => ({
  name,
  importNames: ["env"],
  message: noProcessEnv.message,
}));

const onlyClock = [
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.object.name='Date'][callee.property.name='now']",
].map((selector) => ({
  selector,
  message:
    "The time of day can be set back or be wrong. What is stored and what others are told goes by a Clock (`ctx.now()`), which tests and the sandbox set; what waits or measures by performance.now(), between processes by monotonicMs().",
}));

const onlyLiteralPatterns = [
  ":matches(NewExpression, CallExpression)[callee.name='RegExp']",
  ":matches(NewExpression, CallExpression)[callee.property.name='RegExp']",
].map((selector) => ({
  selector,
  message:
    "Write a regular expression as a literal: redos/no-vulnerable proves of literals only that they are linear.",
}));

export default defineConfig(
  { ignores: ["dist/", "data/", "coverage/", "node_modules/"] },

  {
    files: ["**/*.{js,cjs,mjs}"],
    extends: [js.configs.recommended],
    languageOptions: { globals: nodeGlobals },
  },
  {
    files: ["**/*.{js,cjs}"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { module: "writable", require: "readonly", __dirname: "readonly", __filename: "readonly" },
    },
  },

  {
    files: ["**/*.ts"],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // Off for good: `emitDecoratorMetadata` needs the imported class at run time. A rule that turns
      // `import { CustomerInput }` into `import type` would make type-graphql and class-validator see `Object`.
      "@typescript-eslint/consistent-type-imports": "off",

      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/only-throw-error": "error",
      // A `default` does not count: a new member of a union must be thought about wherever the union is switched on.
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { requireDefaultForNonUnion: true }],
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      "@typescript-eslint/use-unknown-in-catch-callback-variable": "error",
      "@typescript-eslint/no-deprecated": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unnecessary-boolean-literal-compare": "error",
      "@typescript-eslint/no-mixed-enums": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" },
      ],
      // A method that implements a promised interface need not wait for anything.
      "@typescript-eslint/require-await": "off",
      "id-denylist": ["error", ...privateWords],
      eqeqeq: ["error", "always", { null: "ignore" }],

      "no-restricted-imports": [
        "error",
        { ...forbiddenImports, paths: [...forbiddenImports.paths, ...noEnvImport] },
      ],
      "no-restricted-properties": ["error", noProcessEnv, noConsole],
    },
  },

  {
    files: ["src/config/**/*.ts"],
    rules: {
      "no-restricted-imports": ["error", forbiddenImports],
      "no-restricted-properties": ["error", noConsole],
    },
  },
  {
    files: ["src/commands/**/*.ts"],
    rules: { "no-restricted-properties": ["error", noProcessEnv] },
  },
  {
    // What a caller sends can be long: no expression may take more than linear time (docs/limits.md).
    files: ["{src,schema,resolvers,entities}/**/*.ts", "ormconfig.ts"],
    plugins: { redos },
    rules: {
      "redos/no-vulnerable": ["error", { ignoreErrors: false, timeout: 60_000 }],
      "no-restricted-syntax": ["error", ...onlyClock, ...onlyLiteralPatterns],
    },
  },
  {
    // The one place where the machine's time of day is read.
    files: ["src/values/instant.ts"],
    rules: { "no-restricted-syntax": ["error", ...onlyLiteralPatterns] },
  },
  {
    files: ["test/**/*.ts", "bench/**/*.ts", "examples/**/*.ts"],
    rules: {
      "no-restricted-imports": ["error", forbiddenImports],
      "no-restricted-properties": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      // The answer of a GraphQL request is `any` until a test looks into it.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    // Examples are programs of their own, outside our tsconfig.
    files: ["examples/**/*.ts"],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
