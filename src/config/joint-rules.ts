import { isDamaged } from "../values/utf8";

/** The variables that are set, by name. The rules here are asked of the raw values, so that a mistake elsewhere does not hide them. */
export type FoundVariables = Record<string, string | undefined>;

/** What production refuses and requires; of the variables that are used. */
export function productionProblems(found: FoundVariables, used: readonly string[]): string[] {
  if (found.NODE_ENV !== "production") return [];
  const problems: string[] = [];
  if (found.DEVELOPMENT_ISSUER === "on")
    problems.push(
      "DEVELOPMENT_ISSUER must not be on in production: anybody could sign in under anybody's name",
    );
  if (found.WEBHOOKS_ALLOW_INSECURE === "on")
    problems.push(
      "WEBHOOKS_ALLOW_INSECURE must not be on in production: anybody could make this server call its own network",
    );
  if (used.includes("PUBLIC_URL") && !found.PUBLIC_URL)
    problems.push("PUBLIC_URL is required in production: links point to it");
  return problems;
}

/** Node has decoded them already, and put U+FFFD in place of what is not UTF-8. */
export function encodingProblems(found: FoundVariables, names: readonly string[]): string[] {
  return names
    .filter((name) => isDamaged(found[name] ?? ""))
    .map((name) => `${name} is not UTF-8; set it from a terminal or file in UTF-8`);
}

/** Several processes need a database that several processes can write to. */
export function workerProblems(found: FoundVariables): string[] {
  if (found.DATABASE_URL || !(Number(found.WORKERS) > 1)) return [];
  return [
    "WORKERS must be 1 while DATABASE_URL is not set: one process alone writes to SQLite. Set DATABASE_URL to a MySQL or MariaDB",
  ];
}
