import { setTimeout as pause } from "node:timers/promises";
import { type CuttingProxy, startCuttingProxy } from "../database/cutting-proxy";
import { type FaultEnvironment, withFaultEnvironment } from "./fault-environment";
import { checkAcceptances } from "./check-acceptances";
import { listen, PARTNERS, Scenario } from "./kill-server";
import { PatientClient } from "./patient-client";

/** How much of it. */
export interface CutCommitsOptions {
  cuts: number;
  clients: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface CutCommitsReport {
  cutBeforeTheServerHeard: number;
  cutBeforeTheAnswer: number;
  acceptances: number;
  requests: { sent: number; unanswered: number; busy: number };
  seconds: number;
}

const MOMENTS = ["before the server hears", "before the answer arrives"] as const;

/**
 * Cuts the connection between the server and MariaDB around COMMIT, again and again: half of the times the transaction was committed. The
 * clients repeat with the same idempotency key, and everything must be there once.
 */
export function cutCommits(options: CutCommitsOptions): Promise<CutCommitsReport> {
  return withFaultEnvironment(options.longest * 1_000, async (faultEnvironment) => {
    const began = performance.now();
    const proxy = await startCuttingProxy(faultEnvironment.environment.DATABASE_URL ?? "");
    faultEnvironment.atTheEnd(() => proxy.close());
    const node = await faultEnvironment.startNode({ DATABASE_URL: proxy.url });
    const client = new PatientClient(node.url, faultEnvironment.signal);
    const partners = await Promise.all(
      Array.from({ length: PARTNERS }, (_, n) => faultEnvironment.enrolPartner(`Partner ${n}`)),
    );
    const scenario = new Scenario(faultEnvironment, client, partners, Infinity);
    while (scenario.begun < PARTNERS) await scenario.next();
    const subscribers = await Promise.all(
      partners.slice(0, 2).map((partner, n) => listen(faultEnvironment, client, partner, [node.url], n)),
    );
    const [counts] = await Promise.all([
      cutAtRandom(faultEnvironment, proxy, options.cuts).finally(() => (scenario.total = scenario.begun)),
      scenario.run(options.clients),
    ]);
    const { accepted } = scenario;
    const seconds = Math.round((performance.now() - began) / 1_000);
    const repeat = (n: number) => scenario.repeat(n);
    await checkAcceptances(faultEnvironment, node, { client, partners, accepted, subscribers, repeat });
    return { ...counts, acceptances: accepted.length, requests: client.counts, seconds };
  });
}

async function cutAtRandom({ signal }: FaultEnvironment, proxy: CuttingProxy, cuts: number) {
  const counts = { cutBeforeTheServerHeard: 0, cutBeforeTheAnswer: 0 };
  for (let done = 0; done < cuts; done++) {
    const when = MOMENTS[Math.random() < 0.5 ? 0 : 1];
    proxy.cutNextCommit(when);
    while (proxy.isToCut) {
      signal.throwIfAborted();
      await pause(2);
    }
    counts[when === MOMENTS[0] ? "cutBeforeTheServerHeard" : "cutBeforeTheAnswer"]++;
    await pause(Math.random() * 40);
  }
  return counts;
}
