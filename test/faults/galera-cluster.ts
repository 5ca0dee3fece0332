import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createUserSql, findProgram } from "../support/mariadb-server";
import { databaseUser, GaleraNode, galeraProvider, type NodePlace } from "./galera-node";
import { freePort } from "./server-node";

/** A cluster of three nodes on 127.0.0.1, with the configuration of `deploy/galera`. */
export interface GaleraCluster {
  nodes: readonly [GaleraNode, GaleraNode, GaleraNode];
  /**
   * A node's address for a server: as a user that has all rights on databases whose name begins with `test_`, and none on
   * the server, as operators make it.
   */
  applicationUrl(node: GaleraNode, database: string): string;
  /** Ends all nodes and deletes their files. */
  stop(): Promise<void>;
}

const PORTS_OF_A_NODE = 4;

/**
 * Starts three nodes that have the same empty data. They end with `stop()` or with this process.
 * @throws Error MariaDB or Galera is not installed, or a node does not start
 */
export async function startGalera(): Promise<GaleraCluster> {
  galeraProvider();
  const folder = await makeFolder();
  const [password, applicationPassword] = [newPassword(), newPassword()];
  const places = await makePlaces(folder);
  const groupPorts = places.map(({ groupPort }) => groupPort);
  const nodes = places.map((place) => new GaleraNode(place, groupPorts, password));
  const cluster = {
    nodes: nodes as unknown as GaleraCluster["nodes"],
    applicationUrl: ({ place }: GaleraNode, database: string) =>
      `mysql://application:${applicationPassword}@127.0.0.1:${place.sqlPort}/${database}`,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await makeData(cluster.nodes, createUserSql(password) + applicationUserSql(applicationPassword));
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function makePlaces(folder: string): Promise<NodePlace[]> {
  const ports = new Set<number>();
  while (ports.size < 3 * PORTS_OF_A_NODE) ports.add(await freePort());
  const free = [...ports];
  return [0, 1, 2].map((n) => {
    const [sqlPort = 0, groupPort = 0, istPort = 0, sstPort = 0] = free.slice(n * PORTS_OF_A_NODE);
    const name = `node-${n + 1}`;
    return { name, folder: join(folder, name), sqlPort, groupPort, istPort, sstPort };
  });
}

/** A folder that the user of the database servers reaches; it is another one than ours when we are root. */
async function makeFolder(): Promise<string> {
  const parent = tmpdir();
  const folder = await mkdtemp(join(parent, "partnergraph-galera-"));
  if (databaseUser()) {
    await chmod(parent, (await stat(parent)).mode | 0o011);
    await giveAway(folder);
  }
  return folder;
}

async function giveAway(path: string): Promise<void> {
  const user = databaseUser();
  if (user) await chown(path, user.uid, user.gid);
}

/** The first node makes the data and the others get a copy, so that none has to fetch everything when it joins. */
async function makeData([first, ...others]: GaleraCluster["nodes"], usersSql: string): Promise<void> {
  const run = (program: string, args: string[]) => promisify(execFile)(program, args, { ...databaseUser() });
  const data = (node: GaleraNode) => join(node.place.folder, "data");
  const all = [first, ...others];
  for (const { place } of all) {
    await mkdir(place.folder);
    await giveAway(place.folder);
  }
  const users = join(first.place.folder, "users.sql");
  await writeFile(users, usersSql, { mode: 0o600 });
  await giveAway(users);
  await run(findProgram("mariadb-install-db"), [
    ...["--no-defaults", `--datadir=${data(first)}`, `--tmpdir=${first.place.folder}`, "--skip-test-db"],
  ]);
  await first.start(["--wsrep-new-cluster", `--init-file=${users}`]);
  await first.stop();
  for (const node of others) await run("/bin/cp", ["-r", data(first), data(node)]);
  await rememberView(all);
  await Promise.all(all.map((node) => node.start()));
}

/**
 * Has the nodes find each other as after a power cut of all: each remembers who was there, and when all are back with the same data,
 * they go on. The usual way, one after another, has each fetch what it missed from the first, which takes several seconds.
 */
async function rememberView(nodes: readonly GaleraNode[]): Promise<void> {
  const ids = nodes.map(() => randomUUID());
  const view = [
    ...["#vwbeg", `view_id: 3 ${ids[0]} 3`, "bootstrap: 0"],
    ...[...ids].sort().map((id) => `member: ${id} 0`),
    ...["#vwend", ""],
  ];
  for (const [n, { place }] of nodes.entries()) {
    const file = join(place.folder, "data/gvwstate.dat");
    await writeFile(file, [`my_uuid: ${ids[n]}`, ...view].join("\n"));
    await giveAway(file);
  }
}

function applicationUserSql(password: string): string {
  return [
    `CREATE OR REPLACE USER 'application'@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON `test\\_%`.* TO 'application'@'%';",
    "",
  ].join("\n");
}

const newPassword = () => randomBytes(12).toString("hex");
