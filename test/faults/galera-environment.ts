import { type GaleraCluster, startGalera } from "./galera-cluster";
import { type FaultEnvironment, withFaultEnvironment } from "./fault-environment";
import type { ServerNode } from "./server-node";

/** A cluster with a server on each of its nodes; all servers use one database. */
export interface ClusterContext {
  faultEnvironment: FaultEnvironment;
  cluster: GaleraCluster;
  /** The server at the same index as its node. */
  servers: ServerNode[];
}

/**
 * Starts a cluster of three nodes and a server on each, does the work, and ends everything, also when the work fails or takes
 * longer than `longestMs`.
 */
export async function onCluster<T>(
  longestMs: number,
  work: (context: ClusterContext) => Promise<T>,
): Promise<T> {
  const cluster = await startGalera();
  const before = process.env.PARTNERGRAPH_TEST_MARIADB_URL;
  process.env.PARTNERGRAPH_TEST_MARIADB_URL = cluster.nodes[0].url;
  try {
    return await withFaultEnvironment(longestMs, async (faultEnvironment) => {
      const database = new URL(faultEnvironment.environment.DATABASE_URL ?? "").pathname.slice(1);
      const servers = await startServers(faultEnvironment, cluster, database);
      return work({ faultEnvironment, cluster, servers });
    });
  } finally {
    if (before === undefined) delete process.env.PARTNERGRAPH_TEST_MARIADB_URL;
    else process.env.PARTNERGRAPH_TEST_MARIADB_URL = before;
    await cluster.stop();
  }
}

/** Starts a server on each node at the same time, as a user without rights on the database server. */
export function startServers(
  { startNode }: FaultEnvironment,
  { nodes, applicationUrl }: GaleraCluster,
  database: string,
): Promise<ServerNode[]> {
  return Promise.all(nodes.map((node) => startNode({ DATABASE_URL: applicationUrl(node, database) })));
}
