import type { EnvironmentPair } from "../environment";
import { type OurServer, startCompiled } from "../our-server";
import type { Builds } from "./builds";
import { type Both, oneAfterTheOther } from "./rounds";

/**
 * Starts both programs, each on its own environment of the pair; in every other launch the baseline first.
 * @param variables environment variables that are set for both
 * @throws Error one of them does not start; neither is left running then
 */
export async function startBoth(
  builds: Builds,
  { environments: [candidate, baseline] }: EnvironmentPair,
  launch: number,
  variables: Record<string, string> = {},
): Promise<Both<OurServer>> {
  const environments = { candidate, baseline };
  const started: OurServer[] = [];
  try {
    return await oneAfterTheOther(launch, async (side) => {
      const server = await startCompiled(builds[side].dist, environments[side], { variables });
      started.push(server);
      return server;
    });
  } catch (error) {
    await Promise.all(started.map((server) => server.kill()));
    throw error;
  }
}
