import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createUserSql, findProgram } from "../support/mariadb-server";
import { GaleraNode, galeraProvider, type NodePlace } from "./galera-node";
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
  const folder = await mkdtemp(join(tmpdir(), "partnergraph-galera-"));
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

/** The first node makes the data and the others get a copy, so that none has to fetch everything when it joins. */
async function makeData([first, ...others]: GaleraCluster["nodes"], usersSql: string): Promise<void> {
  const data = (node: GaleraNode) => join(node.place.folder, "data");
  for (const { place } of [first, ...others]) await mkdir(place.folder, { recursive: true });
  const users = join(first.place.folder, "users.sql");
  await writeFile(users, usersSql, { mode: 0o600 });
  const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
  await promisify(execFile)(findProgram("mariadb-install-db"), [
    ...["--no-defaults", `--datadir=${data(first)}`, "--skip-test-db", ...asRoot],
  ]);
  await first.start(["--wsrep-new-cluster", `--init-file=${users}`]);
  await first.stop();
  for (const node of others) {
    const isOfOneNode = /\/(galera\.cache|gvwstate\.dat)$/;
    await cp(data(first), data(node), { recursive: true, filter: (file) => !isOfOneNode.test(file) });
  }
  await first.start(["--wsrep-new-cluster"]);
  await Promise.all(others.map((node) => node.start()));
}

function applicationUserSql(password: string): string {
  return [
    `CREATE OR REPLACE USER 'application'@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON `test\\_%`.* TO 'application'@'%';",
    "",
  ].join("\n");
}

const newPassword = () => randomBytes(12).toString("hex");
