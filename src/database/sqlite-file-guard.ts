import { statSync } from "node:fs";
import type { DomainError } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";

/** Answers of the file system that say that there is no such file any more. */
const GONE = new Set(["ENOENT", "ENOTDIR", "ESTALE"]);

/** How often a server looks at its file, in milliseconds. */
const LOOK_MS = 1_000;

/** The file of a name, whatever becomes of the name: device and inode. */
type FileIdentity = string;

/**
 * Notices when the file of an embedded database, or its write-ahead log, is deleted or another one is put in its place while the
 * database is open. SQLite itself would not: it goes on with the old file, which nobody can open any more, and what is acknowledged
 * then is lost. It does not notice what is copied into the file.
 */
export class SqliteFileGuard {
  private readonly known = new Map<string, FileIdentity>();
  private found: DomainError | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** `file` must be there, and stay as long as the database is open. */
  constructor(readonly file: string) {
    this.look();
  }

  /** Why nothing can be stored any more; nothing while the file is the one that was opened. It stays so until the database is opened anew. */
  get refusal(): DomainError | undefined {
    return (this.found ??= this.look());
  }

  /**
   * Lets go on only what would be stored in the file that was opened. Takes two calls of the file system.
   * @throws SERVICE_UNAVAILABLE the file was deleted or replaced
   */
  ensurePresent(): void {
    const { refusal } = this;
    if (refusal) throw refusal;
  }

  /**
   * Looks every second, until it is closed, and when the file is lost empties the write-ahead log into the file that was opened:
   * a program that opens another file of the same name would take the log for that one's, and damage it.
   * @param onLost called once
   * @param emptyLog does so; gives false where that cannot be now, and is called again at the next look
   */
  watch(onLost: (refusal: DomainError) => void, emptyLog: () => Promise<boolean>): void {
    let [isTold, isEmptied] = [false, false];
    const look = async () => {
      const { refusal } = this;
      if (!refusal) return;
      if (!isTold) onLost(refusal);
      isTold = true;
      isEmptied ||= await emptyLog();
    };
    this.timer = setInterval(() => void look(), LOOK_MS).unref();
  }

  /** Ends the watch. */
  close(): void {
    clearInterval(this.timer);
  }

  private look(): DomainError | undefined {
    for (const file of [this.file, `${this.file}-wal`]) {
      const now = identityOf(file);
      const before = this.known.get(file);
      // SQLite makes the log when it first needs it.
      if (now !== undefined && before === undefined) this.known.set(file, now);
      if (before !== undefined && now !== before) return lost(now === undefined);
    }
    return undefined;
  }
}

/** Nothing where there is no such file. Throws what else the file system answers. */
function identityOf(file: string): FileIdentity | undefined {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev} ${ino}`;
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function lost(isDeleted: boolean): DomainError {
  return generalErrors.SERVICE_UNAVAILABLE(
    `The database file was ${isDeleted ? "deleted" : "replaced"} while the server was running. Nothing was done and nothing can be stored ` +
      "until the operator has restored it and restarted the server.",
    { details: { retryAfterSeconds: 30 } },
  );
}
