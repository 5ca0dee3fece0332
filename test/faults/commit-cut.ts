import { setTimeout as pause } from "node:timers/promises";
import { type CuttingProxy, startCuttingProxy } from "../database/cutting-proxy";
import { type Ground, onGround } from "./ground";
import { judgeAcceptances } from "./judge-acceptances";
import { listen, PARTNERS, Story } from "./kill-server";
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
  return onGround(options.longest * 1_000, async (ground) => {
    const began = performance.now();
    const proxy = await startCuttingProxy(ground.environment.DATABASE_URL ?? "");
    ground.atTheEnd(() => proxy.close());
    const node = await ground.startNode({ DATABASE_URL: proxy.url });
    const client = new PatientClient(node.url, ground.signal);
    const partners = await Promise.all(
      Array.from({ length: PARTNERS }, (_, n) => ground.enrolPartner(`Partner ${n}`)),
    );
    const story = new Story(ground, client, partners, Infinity);
    while (story.begun < PARTNERS) await story.next();
    const ears = await Promise.all(
      partners.slice(0, 2).map((partner, n) => listen(ground, client, partner, [node.url], n)),
    );
    const [counts] = await Promise.all([
      cutAtRandom(ground, proxy, options.cuts).finally(() => (story.total = story.begun)),
      story.run(options.clients),
    ]);
    const { accepted } = story;
    const seconds = Math.round((performance.now() - began) / 1_000);
    const repeat = (n: number) => story.repeat(n);
    await judgeAcceptances(ground, node, { client, partners, accepted, ears, repeat });
    return { ...counts, acceptances: accepted.length, requests: client.counts, seconds };
  });
}

async function cutAtRandom({ signal }: Ground, proxy: CuttingProxy, cuts: number) {
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
