import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { createConnection } from "mysql2/promise";
import { findProgram, THROWAWAY_OPTIONS } from "../support/mariadb-server";

/** Where one node keeps its files, and its ports on 127.0.0.1. */
export interface NodePlace {
  name: string;
  folder: string;
  sqlPort: number;
  /** For messages between the nodes. */
  groupPort: number;
  /** For copies of what a node missed, and of everything. */
  istPort: number;
  sstPort: number;
}

/** What a node says about itself. */
export interface NodeStatus {
  /** Whether it serves queries. */
  isReady: boolean;
  /** `Primary` with a quorum, `non-Primary` without. */
  clusterStatus: string;
  /** How many nodes it sees, itself included. */
  clusterSize: number;
  /** `Synced` when it has everything. */
  state: string;
}

/** The configuration that we deliver: what is tested is what operators are given. */
const CONFIGURATION = join(__dirname, "../../deploy/galera/galera.cnf");
const PROVIDERS = ["/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so"];
const START_DEADLINE_MS = 60_000;

/** Runs the server as long as the pipe on its standard input is open: it ends with our process, however that ends. */
const SUPERVISOR = `
log=$1
shift
exec 3<&0 </dev/null
"$@" 3<&- >>"$log" 2>&1 &
pid=$!
echo "$pid"
{ read -r _ <&3; kill -KILL "$pid"; } >/dev/null 2>&1 &
guard=$!
wait "$pid"
kill "$guard"
`;

/** One MariaDB of a Galera cluster, which can be killed, frozen, cut off and started again on the same files. */
export class GaleraNode {
  private supervisor: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private pid = 0;

  constructor(
    readonly place: NodePlace,
    /** The group ports of all nodes, its own included. */
    private readonly groupPorts: readonly number[],
    /** The password of the user `partnergraph`, who may do everything. */
    private readonly password: string,
  ) {}

  get name(): string {
    return this.place.name;
  }

  /** `mysql://partnergraph:…@127.0.0.1:PORT`, without a database. */
  get url(): string {
    return `mysql://partnergraph:${this.password}@127.0.0.1:${this.place.sqlPort}`;
  }

  /**
   * Starts it and waits until it has everything that the others have. After a kill it first looks up how far it had come, as
   * `galera_recovery` does on an installed system, so that it needs only what it missed.
   * @throws Error it ended, or was not ready in time; the message has the end of its log
   */
  async start(more: string[] = []): Promise<void> {
    const position = await this.recoveredPosition();
    await this.spawn([...(position ? [`--wsrep-start-position=${position}`] : []), ...more]);
    await this.waitUntilSynced();
  }

  /** Waits until it serves queries, belongs to the part with a quorum and has everything. */
  async waitUntilSynced(): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS;
    for (;;) {
      const status = await this.status().catch(() => undefined);
      if (status?.isReady && status.state === "Synced" && status.clusterStatus === "Primary") return;
      if (!this.isRunning) throw new Error(`${this.name} ended:\n${this.logEnd}`);
      if (Date.now() > deadline) {
        const told = JSON.stringify(status);
        throw new Error(
          `${this.name} was not ready within ${START_DEADLINE_MS} ms (${told}):\n${this.logEnd}`,
        );
      }
      await pause(50);
    }
  }

  /** Ends it as a power cut would. */
  kill(): Promise<void> {
    return this.end("SIGKILL");
  }

  /** Ends it in order: the others are told, and it notes how far it had come. */
  stop(): Promise<void> {
    return this.end("SIGTERM");
  }

  /** Stops the process without ending it: its connections stay open and nothing answers. */
  freeze(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  /** Lets it go on. */
  thaw(): void {
    process.kill(this.pid, "SIGCONT");
  }

  /** Cuts it off from the others, or connects it again: it hears nothing and nobody hears it, while clients reach it. */
  isolate(on: boolean): Promise<void> {
    return this.run(`SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${on ? 1 : 0}'`);
  }

  /** Has it refuse all queries with error 1047, or serve them again. */
  refuseQueries(on: boolean): Promise<void> {
    return this.run(`SET GLOBAL wsrep_reject_queries = ${on ? "ALL" : "NONE"}`);
  }

  /** What it says about itself. Throws when it does not answer. */
  async status(): Promise<NodeStatus> {
    const rows = await this.query<{ Variable_name: string; Value: string }>(
      "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_cluster_status', 'wsrep_cluster_size', 'wsrep_local_state_comment')",
    );
    const of = (name: string) => rows.find((row) => row.Variable_name === name)?.Value ?? "";
    return {
      isReady: of("wsrep_ready") === "ON",
      clusterStatus: of("wsrep_cluster_status"),
      clusterSize: Number(of("wsrep_cluster_size")),
      state: of("wsrep_local_state_comment"),
    };
  }

  /** Runs one statement as the administrator, on a connection of its own. */
  async run(sql: string): Promise<void> {
    await this.query(sql);
  }

  /** The rows of one statement, as the administrator, on a connection of its own. */
  async query<Row>(sql: string): Promise<Row[]> {
    const connection = await createConnection({ uri: this.url, connectTimeout: 2_000 });
    connection.on("error", () => undefined);
    try {
      const [rows] = await connection.query({ sql, timeout: 5_000 });
      return Array.isArray(rows) ? (rows as Row[]) : [];
    } finally {
      connection.destroy();
    }
  }

  /** The last lines of its log. */
  get logEnd(): string {
    const log = join(this.place.folder, "server.log");
    return existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(-25).join("\n") : "";
  }

  private get isRunning(): boolean {
    return this.supervisor !== undefined && this.supervisor.exitCode === null;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    // Nothing else keeps our process alive until it has ended.
    this.supervisor?.ref();
    if (this.isRunning) process.kill(this.pid, signal);
    await this.ended;
  }

  private async spawn(more: string[]): Promise<void> {
    const log = join(this.place.folder, "server.log");
    const command = [findProgram("mariadbd"), ...this.options(), ...more];
    const supervisor = spawn("/bin/sh", ["-c", SUPERVISOR, "galera-supervisor", log, ...command], {
      detached: true, // a Ctrl-C in the terminal must not reach it: whoever started it ends it
      stdio: ["pipe", "pipe", "ignore"],
      ...databaseUser(),
    });
    this.supervisor = supervisor;
    this.ended = new Promise((resolve) => supervisor.once("exit", () => resolve()));
    supervisor.unref();
    (supervisor.stdin as Socket).unref();
    const output = supervisor.stdout as Socket;
    this.pid = Number(await new Promise((resolve) => output.once("data", resolve)));
    output.unref();
  }

  private options(): string[] {
    const { name, folder, sqlPort, groupPort, istPort, sstPort } = this.place;
    const addresses = this.groupPorts.map((port) => `127.0.0.1:${port}`).join(",");
    const places = `gmcast.listen_addr=tcp://127.0.0.1:${groupPort};ist.recv_addr=127.0.0.1:${istPort}`;
    return [
      `--defaults-file=${CONFIGURATION}`,
      ...THROWAWAY_OPTIONS,
      ...["--bind-address=127.0.0.1", "--max-connections=250", `--port=${sqlPort}`],
      ...[`--datadir=${join(folder, "data")}`, `--socket=${join(folder, "socket")}`],
      ...[`--tmpdir=${folder}`, `--pid-file=${join(folder, "pid")}`],
      ...[`--wsrep-provider=${galeraProvider()}`, `--wsrep-node-name=${name}`],
      ...[`--wsrep-cluster-address=gcomm://${addresses}`, `--wsrep-node-address=127.0.0.1:${groupPort}`],
      `--wsrep-sst-receive-address=127.0.0.1:${sstPort}`,
      `--wsrep-provider-options=${deliveredProviderOptions()};gcache.size=64M;${places}`,
    ];
  }

  private async recoveredPosition(): Promise<string | undefined> {
    const log = join(this.place.folder, "recovery.log");
    const options = [...this.options(), "--wsrep-recover", `--log-error=${log}`];
    await promisify(execFile)(findProgram("mariadbd"), options, { ...databaseUser() });
    const found = [...readFileSync(log, "utf8").matchAll(/Recovered position: (\S+:\d+)/g)];
    return found.at(-1)?.[1];
  }
}

/**
 * As whom the database servers run where we are root: as the user that their package made. What copies data from node to node takes
 * no rights from root. Nothing where we are not root.
 */
export function databaseUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (kind: "-u" | "-g") => Number(execFileSync("id", [kind, "mysql"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/**
 * The path of Galera's library.
 * @throws Error it is not installed; the message says how to get it
 */
export function galeraProvider(): string {
  const found = PROVIDERS.find(existsSync);
  if (found) return found;
  throw new Error(
    `Galera is not installed (there is none of ${PROVIDERS.join(", ")}), and the tests of a cluster need it. ` +
      "Get it with: apt-get install mariadb-server galera-4",
  );
}

/** The options of the file that we deliver; the ports are added to them, because the variable is one text. */
function deliveredProviderOptions(): string {
  const [, options = ""] =
    /^wsrep_provider_options = "(.*)"$/m.exec(readFileSync(CONFIGURATION, "utf8")) ?? [];
  if (options === "") throw new Error(`${CONFIGURATION} has no wsrep_provider_options`);
  return options;
}
