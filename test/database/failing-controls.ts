import libsql from "libsql";

/** The statements that begin and end transactions on embedded SQLite, some of which fail. */
export interface FailingControls {
  /** Whether a statement fails, without having been run. */
  fails: (text: string) => boolean;
  /** Those that failed. */
  failed: string[];
  /** Ends all this, for the files that come after. */
  end(): void;
}

interface Statement {
  run(values: unknown[]): unknown;
}

interface Driver {
  prepare(text: string): Statement;
}

/** Gets between every database that is opened from now on and its driver. Nothing fails at first. */
export function failingControls(): FailingControls {
  const driver = libsql.prototype as unknown as Driver;
  const { prepare } = driver;
  const controls: FailingControls = {
    fails: () => false,
    failed: [],
    end: () => void (driver.prepare = prepare),
  };
  driver.prepare = function (text) {
    const statement = prepare.call(this, text);
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
