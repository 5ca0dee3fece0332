import { type ConsistencyCheck, type Finding, inPages, problemsOf } from "../database/consistency-check";
import { reference } from "../database/references.check";
import { OrganizationHead } from "../../entities/events/organization-head";
import { Event } from "../../entities/events/event";
import type { Reads } from "../database/reads";
import { sql } from "../database/sql";
import { eventCatalogue } from "./event-catalogue";
import { customerOf } from "./event-filter";

interface EventRow {
  organizationId: string;
  position: number | string;
  type: string;
  customerId: string | null;
  facts: string;
}

interface HeadRow {
  organizationId: string;
  lastPosition: number | string;
  forgottenPosition: number | string;
}

const EVENTS = sql`SELECT organizationId AS organizationId, position AS position, type AS type,
    customerId AS customerId, facts AS facts FROM event WHERE 1 = 1`;

/** What an event names. */
export const eventReferences = [reference(Event, "organizationId", OrganizationHead)];

/**
 * Compares the events of each stream with their numbers: from behind the purged ones to the head, each once; and what
 * stands beside an event's payload with the payload.
 */
export const streamCheck: ConsistencyCheck = {
  name: "event streams",
  async *run(reads) {
    const key = {
      columns: [sql`organizationId`, sql`position`] as const,
      of: (row: EventRow) => [row.organizationId, Number(row.position)],
    };
    const streams = new StreamEndings(reads);
    for await (const page of inPages<EventRow>(reads, EVENTS, key)) {
      const findings: Finding[] = [];
      for (const event of page) findings.push(...(await streams.pass(event)), ...payloadProblems(event));
      yield { looked: page.length, findings };
    }
    yield { looked: 0, findings: await streams.end() };
  },
};

function payloadProblems({ organizationId, position, type, customerId, facts }: EventRow): Finding[] {
  let told: unknown;
  try {
    told = JSON.parse(facts);
  } catch {
    told = undefined;
  }
  const isObject = typeof told === "object" && told !== null;
  const named = isObject ? customerOf(told as object) : customerId;
  return problemsOf(
    "event",
    `${organizationId} ${position}`,
    [!Object.hasOwn(eventCatalogue, type), `its type is ${type}`, "a type of the event catalogue"],
    [!isObject, "its facts cannot be read", "a JSON object"],
    [named !== customerId, `its customerId is ${customerId}`, `${named}, as in its facts`],
  );
}

/** Follows the streams and their heads side by side, in the order of the organizations. */
class StreamEndings {
  private readonly heads: AsyncGenerator<HeadRow, void>;
  /** The next head that no stream was compared with. */
  private next: HeadRow | undefined;
  /** The head of the stream that is being read. */
  private head: HeadRow | undefined;
  private organizationId = "";
  private position = 0;

  constructor(reads: Reads) {
    this.heads = headsOf(reads);
  }

  /** The next event, in the order of organizations and positions. */
  async pass({ organizationId, position }: EventRow): Promise<Finding[]> {
    const findings = organizationId === this.organizationId ? [] : await this.enter(organizationId);
    const expected = this.position + 1;
    this.position = Number(position);
    if (!this.head || this.position === expected) return findings;
    const place = { table: "event", id: `${organizationId} ${position}` };
    if (this.position > expected) {
      const problem = `the events from ${expected} to ${this.position - 1} are missing before it`;
      return [...findings, { ...place, problem, expected: "no gap" }];
    }
    const problem = "it is there, although the events up to it are no longer kept";
    return [...findings, { ...place, problem, expected: `${expected} as the first` }];
  }

  /** No more events. */
  async end(): Promise<Finding[]> {
    return [...this.leave(), ...(await this.passHeads())];
  }

  private async enter(organizationId: string): Promise<Finding[]> {
    const findings = [...this.leave(), ...(await this.passHeads(organizationId))];
    this.organizationId = organizationId;
    if (this.next?.organizationId === organizationId) {
      this.head = this.next;
      this.next = undefined;
      this.position = Number(this.head.forgottenPosition);
      return findings;
    }
    const problem = "it has events, and no head of its stream";
    return [
      ...findings,
      { table: "event", id: organizationId, problem, expected: "a row in organization_head" },
    ];
  }

  /** The heads before this organization's, or all that are left, have no events. */
  private async passHeads(organizationId?: string): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (;;) {
      this.next ??= (await this.heads.next()).value ?? undefined;
      if (!this.next || (organizationId !== undefined && this.next.organizationId >= organizationId))
        return findings;
      findings.push(...endProblems(this.next, Number(this.next.forgottenPosition)));
      this.next = undefined;
    }
  }

  private leave(): Finding[] {
    const { head, position } = this;
    this.head = undefined;
    return head ? endProblems(head, position) : [];
  }
}

function endProblems({ organizationId, lastPosition }: HeadRow, position: number): Finding[] {
  const problem = `the head of the stream is at ${lastPosition}`;
  return problemsOf("organization_head", organizationId, [
    Number(lastPosition) !== position,
    problem,
    `${position}, where the events end`,
  ]);
}

async function* headsOf(reads: Reads): AsyncGenerator<HeadRow, void> {
  const select = sql`SELECT organizationId AS organizationId, lastPosition AS lastPosition,
    forgottenPosition AS forgottenPosition FROM organization_head WHERE 1 = 1`;
  const key = { columns: [sql`organizationId`] as const, of: (row: HeadRow) => [row.organizationId] };
  for await (const page of inPages<HeadRow>(reads, select, key)) yield* page;
}
