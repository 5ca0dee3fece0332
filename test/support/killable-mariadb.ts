import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { answers, createUserSql, findProgram, freePort, THROWAWAY_OPTIONS } from "./mariadb-server";

/** Ends the server when the pipe on the standard input ends, as it does when our process ends, however that happens. */
const GUARD = `
log=$1; shift
exec 3<&0
"$@" 3<&- </dev/null >>"$log" 2>&1 &
pid=$!
echo $pid
{ read -r _ <&3; kill -KILL $pid; } >/dev/null 2>&1 &
guard=$!
wait $pid
kill $guard
`;

/** A MariaDB that keeps its data and port while it is killed and started again. */
export class KillableMariadb {
  private guard: ChildProcess | undefined;
  private pid = 0;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    /** `mysql://partnergraph:…@127.0.0.1:PORT`, without a database. */
    readonly url: string,
    private readonly options: string[],
  ) {}

  /**
   * Installs one in a temporary folder and starts it; `remove` ends it and deletes the folder.
   * @param options of the server, after our own
   */
  static async install(options: string[] = []): Promise<KillableMariadb> {
    const folder = await mkdtemp(join(tmpdir(), "partnergraph-killable-"));
    const password = randomBytes(12).toString("hex");
    await writeFile(join(folder, "user.sql"), createUserSql(password), { mode: 0o600 });
    const installing = [
      ...["--no-defaults", `--datadir=${folder}/data`, "--skip-test-db", ...asRoot()],
      ...THROWAWAY_OPTIONS,
      ...options,
    ];
    await promisify(execFile)(findProgram("mariadb-install-db"), installing);
    const port = await freePort();
    const url = `mysql://partnergraph:${password}@127.0.0.1:${port}`;
    const mariadb = new KillableMariadb(folder, port, url, options);
    await mariadb.start();
    return mariadb;
  }

  /** Starts it; resolves when it lets its user in. */
  async start(): Promise<void> {
    const { folder, port } = this;
    const options = [
      ...["--no-defaults", `--datadir=${folder}/data`, `--init-file=${folder}/user.sql`, `--port=${port}`],
      ...["--bind-address=127.0.0.1", `--socket=${folder}/socket`, `--tmpdir=${folder}`],
      ...[`--pid-file=${folder}/pid`, "--max-connections=250", ...asRoot(), ...THROWAWAY_OPTIONS],
      ...this.options,
    ];
    const words = ["-c", GUARD, "mariadb-guard", `${folder}/server.log`, findProgram("mariadbd"), ...options];
    this.guard = spawn("/bin/sh", words, { detached: true, stdio: ["pipe", "pipe", "ignore"] });
    const [line] = (await once(this.guard.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    this.pid = Number(line.toString());
    while (!(await answers(this.url))) {
      if (this.guard.exitCode !== null) throw new Error(`MariaDB ended: see ${folder}/server.log`);
      await pause(20);
    }
  }

  /** Ends it as a power cut would, and waits until it is gone. */
  async kill(): Promise<void> {
    const { guard } = this;
    if (!guard || guard.exitCode !== null) return;
    const ended = once(guard, "exit");
    process.kill(this.pid, "SIGKILL");
    await ended;
  }

  /** Stops it without ending it, or lets it go on: connections stay open and are not answered. */
  freeze(isFrozen: boolean): void {
    process.kill(this.pid, isFrozen ? "SIGSTOP" : "SIGCONT");
  }

  /** Ends it and deletes its folder. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** mariadbd refuses to run as root unless it is told to. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ["--user=root"] : [];
}
