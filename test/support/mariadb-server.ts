import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createConnection } from "mysql2/promise";

/** A MariaDB of our own: its address, with a user that may do everything, and the way to end it. */
export interface PrivateMariadb {
  /** `mysql://partnergraph:…@127.0.0.1:PORT`, without a database: whoever uses it creates its own. */
  readonly url: string;
  /** Ends the server and deletes its files. May be called twice. */
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 60_000;

/** The data are thrown away, so nothing here waits for a disk. `loose-`: an older or newer server may not know it. */
export const THROWAWAY_OPTIONS = [
  "--skip-name-resolve",
  "--skip-log-bin",
  "--character-set-server=utf8mb4",
  "--collation-server=utf8mb4_unicode_ci",
  "--innodb-buffer-pool-size=64M",
  "--innodb-log-file-size=16M",
  "--innodb-flush-log-at-trx-commit=2",
  "--loose-innodb-flush-method=nosync",
  "--loose-sync-frm=0",
  "--loose-aria-log-file-size=8M",
  "--loose-performance-schema=OFF",
];

/**
 * A folder for temporary tables of its own: a server that starts removes those that it finds, whosever they are.
 *
 * Lives exactly as long as the pipe on its standard input: when our process ends, however it ends, the kernel
 * closes the pipe, `read` returns, and the server and its folder go. SIGKILL is right: nobody reads the data again.
 * A parent that dies during the installation is noticed as soon as the server starts.
 */
const SUPERVISOR = `
folder=$1 installer=$2 server=$3 port=$4
shift 4
exec 3<&0 4>&1 </dev/null >"$folder/server.log" 2>&1
pid=
trap '[ -z "$pid" ] || kill -KILL "$pid"' HUP INT TERM
if "$installer" --no-defaults --datadir="$folder/data" --skip-test-db "$@" 3<&- 4>&-; then
  "$server" --no-defaults --datadir="$folder/data" --init-file="$folder/user.sql" \\
    --bind-address=127.0.0.1 --port="$port" --max-connections=250 \\
    --socket="$folder/socket" --tmpdir="$folder" --pid-file="$folder/pid" "$@" 3<&- 4>&- &
  pid=$!
  { read -r _ <&3; kill -KILL "$pid"; } 4>&- &
  guard=$!
  wait "$pid"
  wait "$pid"
  kill "$guard"
fi
tail -n 25 "$folder/server.log" >&4
rm -rf "$folder"
`;

/**
 * Starts a private MariaDB for tests on a free loopback port, in a temporary folder of its own. It ends with `stop()`
 * or with this process, also when that is killed, and leaves nothing behind. `options` come after our own and so win.
 * @throws Error when MariaDB is not installed or does not start; the message holds the end of the server's log
 */
export async function startMariadb(options: string[] = []): Promise<PrivateMariadb> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      const portWasTaken = /Bind on TCP\/IP port|Address already in use/.test(String(error));
      if (!portWasTaken || attempt === 3) throw error;
    }
  }
}

async function startOnce(options: string[]): Promise<PrivateMariadb> {
  const installer = findProgram("mariadb-install-db");
  const server = findProgram("mariadbd");
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const folder = await mkdtemp(join(tmpdir(), "partnergraph-mariadb-"));
  await writeFile(join(folder, "user.sql"), createUserSql(password), { mode: 0o600 });

  const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
  const supervisorArguments = [
    folder,
    installer,
    server,
    String(port),
    ...asRoot,
    ...THROWAWAY_OPTIONS,
    ...options,
  ];
  const supervisor = spawn("/bin/sh", ["-c", SUPERVISOR, "mariadb-supervisor", ...supervisorArguments], {
    detached: true, // its own process group: a Ctrl-C in the terminal must not reach it before it has cleaned up
    stdio: ["pipe", "pipe", "ignore"],
  });
  let lastWords = "";
  supervisor.stdout.setEncoding("utf8").on("data", (text: string) => (lastWords += text));
  let ended = false;
  const end = new Promise<void>((resolve) => {
    supervisor.once("close", () => {
      ended = true;
      resolve();
    });
  });
  // A test process that is done may end without calling stop().
  supervisor.unref();
  (supervisor.stdin as Socket).unref();
  (supervisor.stdout as Socket).unref();

  const stop = async (): Promise<void> => {
    supervisor.ref();
    (supervisor.stdout as Socket).ref();
    supervisor.stdin.destroy();
    await end;
    await rm(folder, { recursive: true, force: true });
  };

  const url = `mysql://partnergraph:${password}@127.0.0.1:${port}`;
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await answers(url))) {
    if (ended) throw new Error(`The private MariaDB did not start:\n${lastWords}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`The private MariaDB did not answer within ${START_DEADLINE_MS} ms:\n${lastWords}`);
    }
    await sleep(20);
  }
  return { url, stop };
}

/** Makes the user that may do everything, for `--init-file`. */
export function createUserSql(password: string): string {
  return [
    `CREATE OR REPLACE USER 'partnergraph'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO 'partnergraph'@'%' WITH GRANT OPTION;`,
    "",
  ].join("\n");
}

/** On a Debian system `/usr/sbin` is not in every user's PATH. `jest.config.js` looks in the same places. */
export function findProgram(name: string): string {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
  const found = folders.map((folder) => join(folder, name)).find(existsSync);
  if (found) return found;
  throw new Error(`${name} is not installed. Get it with: apt-get install mariadb-server`);
}

/** A loopback port that nobody has now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free loopback port");
  return address.port;
}

/** Whether a MariaDB lets this user in. Ours is made before the server takes connections, so the first login that works means: ready. */
export async function answers(url: string): Promise<boolean> {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 2_000 });
    await connection.end();
    return true;
  } catch {
    return false;
  }
}
