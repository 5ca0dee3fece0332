import type { SqlValue } from "./sql";

/** Which SQL the database speaks. */
export type DatabaseFamily = "sqlite" | "mysql";

/** What work may run on a connection. Statements are prepared: a text is prepared once and named by itself. */
export interface Statements {
  readonly family: DatabaseFamily;
  /** Runs one statement with `?` placeholders and gives its rows as the driver has them. */
  rows<Row>(text: string, values: readonly SqlValue[]): Promise<Row[]>;
  /** Runs one writing statement and tells how many rows it found to change. */
  change(text: string, values: readonly SqlValue[]): Promise<number>;
}

/** One connection of the driver. Only what lends it begins and ends transactions on it. */
export interface Connection extends Statements {
  /** Begins or ends a transaction. */
  control(text: string): Promise<void>;
}

/**
 * Says in a driver's error which statement failed, for the log. The text only: mysql2 writes values into its own, and those
 * may hold personal data.
 */
export function failed(error: Error, text: string): Error {
  return Object.assign(error, { query: text, sql: undefined });
}

/**
 * Called with the text of each SQL statement, and with its values: tests explain statements with them. They may be
 * personal data, so whatever is written down takes the text alone.
 */
export type StatementListener = (text: string, values: readonly unknown[]) => void;

/** Statements that a connection keeps prepared; those used longest ago go first. */
export const MAX_PREPARED_STATEMENTS = 300;

/** A longer text is a batch of a size of its own, which will hardly come again: it is not kept. */
export const MAX_PREPARED_LENGTH = 4_000;
