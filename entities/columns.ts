import { Column, type ColumnOptions, PrimaryColumn } from "typeorm";

/** Longest TypeID we store: prefix, underscore and 26 characters, with room for longer prefixes. */
const ID_LENGTH = 40;

/** A row's own TypeID, or another name of given length; chosen by the program, never by the database. */
export const PrimaryIdColumn = (length = ID_LENGTH): PropertyDecorator =>
  PrimaryColumn({ type: "varchar", length });

/** The TypeID of another row. */
export const IdColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ ...options, type: "varchar", length: ID_LENGTH });

/** An instant as ISO 8601 text in UTC with milliseconds, which sorts the same on every database (ADR 0004). */
export const InstantColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ ...options, type: "varchar", length: 24 });

/** One word of a closed list; the list is the program's, so that a new word needs no migration. */
export const WordColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ ...options, type: "varchar", length: 32 });

/**
 * Text of bounded length, in characters. Both databases compare it byte by byte, but MySQL and MariaDB pass over spaces at the
 * end: what is stored or searched for is trimmed first.
 */
export const TextColumn = (length: number, options: ColumnOptions = {}): PropertyDecorator =>
  Column({ ...options, type: "varchar", length });

/** Text of up to 16 MB, where 64 kB (MySQL's and MariaDB's TEXT) do not suffice. */
export const LongTextColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ ...options, type: "mediumtext" });

/** A count that starts at one and grows with every change of the row; updates are conditional on it. */
export const RowVersionColumn = (): PropertyDecorator => Column({ type: "integer" });

/** A position in an event stream: 1, 2, 3 … without a gap. */
export const PositionColumn = (primary = false): PropertyDecorator =>
  Column({ type: "bigint", primary, transformer: { to: (value: number) => value, from: Number } });
