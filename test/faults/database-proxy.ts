import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../support/mariadb-server";
import type { GaleraCluster } from "./galera-cluster";
import { freePort } from "./server-node";

const DEPLOY = join(__dirname, "../../deploy/galera");
/** The program that haproxy asks whether a node may be used, as it is delivered. */
export const CHECK_NODE = join(DEPLOY, "check-galera-node");

/** haproxy as `deploy/galera` configures it for one writing node. */
export interface DatabaseProxy {
  port: number;
  close(): Promise<void>;
}

/** Writes the file in which the check finds whom it signs in as, and gives its path. */
export async function writeCheckFile(cluster: GaleraCluster, folder: string): Promise<string> {
  const { username, password } = new URL(cluster.nodes[0].url);
  const file = join(folder, "galera-check.cnf");
  await writeFile(file, `[client]\nuser = ${username}\npassword = ${password}\n`, { mode: 0o600 });
  return file;
}

/**
 * Starts haproxy before the nodes of a cluster, with the delivered configuration but for addresses and paths. It ends with `close()` or with our process.
 * @throws Error haproxy is not installed
 */
export async function startDatabaseProxy(cluster: GaleraCluster, folder: string): Promise<DatabaseProxy> {
  const port = await freePort();
  const check = join(folder, "check");
  const checkFile = await writeCheckFile(cluster, folder);
  await writeFile(check, `#!/bin/sh\nGALERA_CHECK_FILE=${checkFile} exec ${CHECK_NODE} "$@"\n`, {
    mode: 0o755,
  });
  let text = await readFile(join(DEPLOY, "haproxy-database.cfg"), "utf8");
  text = text
    .replaceAll("127.0.0.1:3307", `127.0.0.1:${port}`)
    .replace("/etc/haproxy/check-galera-node", check);
  for (const [n, { place }] of cluster.nodes.entries())
    text = text.replace(`10.0.0.${n + 1}:3306`, `127.0.0.1:${place.sqlPort}`);
  const file = join(folder, "haproxy.cfg");
  await writeFile(file, text);
  const haproxy = spawn(
    "/bin/sh",
    ["-c", '"$1" -db -f "$2" </dev/null >/dev/null 2>&1 & read -r _; kill $!', "proxy", findHaproxy(), file],
    { stdio: ["pipe", "ignore", "ignore"] },
  );
  const ended = once(haproxy, "exit");
  return {
    port,
    close: async () => {
      haproxy.stdin.end();
      await ended;
    },
  };
}

function findHaproxy(): string {
  try {
    return findProgram("haproxy");
  } catch {
    throw new Error("haproxy is not installed. Get it with: apt-get install haproxy");
  }
}
