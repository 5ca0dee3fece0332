import { Event } from "../../entities/events/event";
import type { EntityTarget, ObjectLiteral } from "typeorm";
import type { RefusedAttempt } from "../activity/activity-entry";
import type { AuditedRows, RowChange } from "../activity/audited-rows";
import { newId } from "../values/ids";
import type { Instant } from "../values/instant";
import type { Statements } from "../database/connection";
import type { EntityMaps } from "../database/entity-map";
import { Writes } from "../database/writes";
import { audienceOf, type OwnOrganization } from "../events/event-audience";
import type { BufferedEvent, EventPayload, EventType } from "../events/event-map";

/** The writes of one unit of work, with the events and activity records that are committed with them. */
export class Transaction extends Writes {
  /** Events to be given their places just before commit. */
  readonly recorded: BufferedEvent[] = [];

  /** Changes of audited rows, to be told by the activity log: noted here, so that no use case can forget it. */
  readonly changes: RowChange[] = [];

  /** Refused attempts, to be told by it too. */
  readonly refused: RefusedAttempt[] = [];

  constructor(
    connection: Statements,
    maps: EntityMaps,
    now: Instant,
    private readonly auditedRows: AuditedRows,
  ) {
    super(connection, maps, now);
  }

  /** Notes an attempt that was refused elsewhere, for the activity log of the acting organization. */
  recordRefusedAttempt(attempt: RefusedAttempt): void {
    this.refused.push(attempt);
  }

  /**
   * Notes an event for the event log. It is written just before commit, once for each organization of its audience,
   * and never if the transaction is rolled back. An event about what concerns one organization alone takes that one's id besides.
   */
  record<T extends EventType>(
    type: T,
    payload: EventPayload<T>,
    ...organizationId: OwnOrganization<T>
  ): void {
    const audience = audienceOf(type, payload, ...organizationId);
    this.recorded.push({ id: newId(Event), type, payload, audience });
  }

  protected override rowChanged(
    entity: EntityTarget<ObjectLiteral>,
    before: object | null,
    after: object,
  ): void {
    const audit = this.auditedRows.of(entity);
    // A copy: the use case may go on with its row.
    if (audit) this.changes.push({ audit, before, after: { ...after } } as RowChange);
  }
}
