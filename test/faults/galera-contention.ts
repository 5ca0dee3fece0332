import { setTimeout as pause } from "node:timers/promises";
import { type ClusterContext, onCluster } from "./galera-environment";
import type { Organization } from "./fault-environment";
import { PatientClient } from "./patient-client";
import { summary, type Summary } from "./statistics";

/** How much of it. */
export interface ContentionOptions {
  /** How many clients find out what one node can do. */
  clients: number;
  /** How long each of the two parts takes. */
  seconds: number;
  /** How many of 1,000 requests may be answered with `SERVICE_BUSY`. */
  busyPerMille: number;
  /** The run fails when it takes longer, in seconds. */
  longest?: number;
}

/** What was measured; the share of busy answers is within its bound when this is given. */
export interface ContentionReport {
  /** Invitations a second that one organization makes through one node, with all clients waiting for answers. */
  oneNodeRate: number;
  /** The same through all three, with all clients waiting for answers. */
  threeNodesRate: number;
  /** Requests at half of that rate, spread over the three nodes, each sent once. */
  halfRate: { rate: number; sent: number; codes: Record<string, number>; ms: Summary };
}

const MAX_WAIT_MS = 10_000;
const INVITE = `mutation ($email: String!) {
  inviteCustomer(input: { recipientEmail: $email }) { invitation { id } userErrors { code } } }`;

/**
 * Has one organization invite customers through one node as fast as that goes, then at half of that rate through three nodes
 * at once. All of it writes the head of one stream, and the nodes have no common lock for it: what two of them write at once is undone
 * on one of them and tried again.
 * @throws Error too many requests were answered with `SERVICE_BUSY`, or any with another error
 */
export function contendOnGalera(options: ContentionOptions): Promise<ContentionReport> {
  return onCluster((options.longest ?? 300) * 1000, async (context) => {
    const writer = new Inviter(context, await context.faultEnvironment.enrolPartner("The only one"));
    const { clients, seconds } = options;
    const [first = "", ...others] = context.servers.map(({ url }) => url);
    await writer.asFastAsPossible([first], clients, 2);
    const oneNodeRate = await writer.asFastAsPossible([first], clients, seconds);
    const threeNodesRate = await writer.asFastAsPossible([first, ...others], clients, seconds);
    writer.forget();
    const rate = oneNodeRate / 2;
    await writer.atRate([first, ...others], rate, seconds);
    const { codes, ms } = writer;
    const sent = ms.length;
    const halfRate = { rate: Math.round(rate), sent, codes, ms: summary(ms) };
    const busy = codes.SERVICE_BUSY ?? 0;
    const isWithin = busy * 1000 <= options.busyPerMille * sent;
    if (!isWithin || (codes.done ?? 0) + busy !== sent)
      throw new Error(
        `at half of the rate of one node: ${JSON.stringify({ oneNodeRate, threeNodesRate, halfRate })}`,
      );
    return { oneNodeRate: Math.round(oneNodeRate), threeNodesRate: Math.round(threeNodesRate), halfRate };
  });
}

/** Sends invitations of one organization, and counts how they were answered. */
class Inviter {
  codes: Record<string, number> = {};
  ms: number[] = [];
  private sent = 0;
  private readonly client: PatientClient;

  constructor(
    { faultEnvironment }: ClusterContext,
    private readonly organization: Organization,
  ) {
    this.client = new PatientClient([], faultEnvironment.signal, MAX_WAIT_MS);
  }

  /** Each client sends the next one when the last one was answered; gives how many were done a second. */
  async asFastAsPossible(urls: string[], clients: number, seconds: number): Promise<number> {
    this.forget();
    const until = performance.now() + seconds * 1000;
    const work = async (n: number) => {
      while (performance.now() < until) await this.invite(urls[n % urls.length] ?? "");
    };
    await Promise.all(Array.from({ length: clients }, (_, n) => work(n)));
    return (this.codes.done ?? 0) / seconds;
  }

  /** Sends so many a second, whether or not earlier ones have been answered. */
  async atRate(urls: string[], rate: number, seconds: number): Promise<void> {
    const began = performance.now();
    const sent: Promise<void>[] = [];
    while (sent.length < rate * seconds) {
      const due = began + (sent.length / rate) * 1000;
      if (due > performance.now()) await pause(due - performance.now());
      sent.push(this.invite(urls[sent.length % urls.length] ?? ""));
    }
    await Promise.all(sent);
  }

  /** Begins to count anew. */
  forget(): void {
    this.codes = {};
    this.ms = [];
  }

  private async invite(url: string): Promise<void> {
    const email = `person-${this.sent++}@customer.example`;
    const began = performance.now();
    const code = await this.client.send(url, this.organization.token, INVITE, { email }).then(
      ({ data, errors }) =>
        errors?.[0]?.extensions.code ?? data?.inviteCustomer.userErrors[0]?.code ?? "done",
      () => "unanswered",
    );
    this.codes[code] = (this.codes[code] ?? 0) + 1;
    this.ms.push(performance.now() - began);
  }
}
