import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Data } from "./release-api";
import type { Told } from "./scenario";

/** A database that a release wrote, and what to expect of later versions that open it. */
export interface ReleaseFacts extends Told {
  release: string;
  commit: string;
  /** When it was made: the business clock that the answers belong to. */
  now: string;
  /** SECRETS_KEY of the server that wrote it. */
  secretsKey: string;
  /** What the release answered to each person's questions. */
  answers: Record<string, Record<string, Data>>;
}

const folder = join(__dirname, "releases");

/** The databases that there are fixtures for. */
export type FixtureDatabase = "sqlite" | "mariadb";

/** Where a release's fixture for one database is: the dump and the facts. */
export function fixtureFiles(release: string, database: FixtureDatabase): { dump: string; facts: string } {
  return {
    dump: join(folder, release, `${database}.dump.gz`),
    facts: join(folder, release, `${database}.facts.json.gz`),
  };
}

/** The releases that there is a fixture of, oldest first by name. */
export function releasesWithFixture(): string[] {
  return readdirSync(folder).sort();
}

/** Reads what is known of a release's database. */
export function readFacts(release: string, database: FixtureDatabase): ReleaseFacts {
  const json = gunzipSync(readFileSync(fixtureFiles(release, database).facts)).toString();
  return JSON.parse(json) as ReleaseFacts;
}
