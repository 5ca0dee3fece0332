import type { TestContext } from "../support/test-context";

/** The statements that begin and end transactions on embedded SQLite's writing connection, some of which fail. */
export interface FailingControls {
  /** Whether a statement fails, without having been run. */
  fails: (text: string) => boolean;
  /** Those that failed. */
  failed: string[];
}

interface Statement {
  run(values: unknown[]): unknown;
}

interface Driver {
  prepare(text: string): Statement;
}

/** Gets between a database that was just opened and its driver. Nothing fails at first. */
export function failingControls({ database }: TestContext): FailingControls {
  const controls: FailingControls = { fails: () => false, failed: [] };
  const { databaseConnection } = database.schemaSource.driver as unknown as { databaseConnection: Driver };
  const prepare = databaseConnection.prepare.bind(databaseConnection);
  databaseConnection.prepare = (text) => {
    const statement = prepare(text);
    if (!/^(COMMIT|ROLLBACK|RELEASE|SAVEPOINT)/.test(text)) return statement;
    return {
      run: (values) => {
        if (!controls.fails(text)) return statement.run(values);
        controls.failed.push(text);
        throw Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR" });
      },
    };
  };
  return controls;
}
