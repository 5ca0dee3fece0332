import type { ActivityResource } from "../../entities/activity/activity-record";
import { Customer } from "../../entities/customers/customer";
import type { Permission } from "../access/permissions";
import { type Identified, isIdOf, prefixOfId } from "../values/ids";

type OrganizationIds = (string | null | undefined)[];

/** What the activity log holds of one kind of row. */
interface AuditRules<Row extends { id: string }> {
  resource: ActivityResource;
  /** The columns that are written down, and no others: none of them may be a secret, a hash of one, or a mail's text. */
  columns: readonly (keyof Row & string)[];
  /** Columns that a reader of the log needs another permission for. */
  restricted?: Partial<Record<keyof Row & string, Permission>>;
  /** Columns that only one of the organizations reads whose logs hold the values, by the column with that one's id. */
  onlyFor?: Partial<Record<keyof Row & string, keyof Row & string>>;
  /** Whose logs hold the values: organizations that may see every one of these columns. `acting` makes the change. */
  owners(row: Row, acting: string | undefined): OrganizationIds;
  /** Whose logs tell of the change besides, without values. The acting organization's always does. */
  notifies?(before: Row | null, after: Row): OrganizationIds;
  /** The customer that is affected. */
  customerId(row: Row): string | null;
  /** False where a call that names such a row is not about it: it names it besides what it acts on. */
  isActedOn?: boolean;
  /**
   * Where the number of an organization's rows is kept, by status: the columns by which an organization has one, which are those
   * by which it may list them.
   */
  countedBy?: readonly (keyof Row & string)[];
}

/** A kind of row that the activity log tells of. */
export type AuditedRow = Omit<AuditRules<{ id: string }>, "columns" | "countedBy"> & {
  entity: Identified & (new () => { id: string });
  /** Names of columns, as the entity has them. */
  columns: readonly string[];
  countedBy?: readonly string[];
};

/** Says what the activity log holds of an entity's rows, and which counts of them are kept. */
export function auditedRow<Row extends { id: string }>(
  entity: Identified & (new () => Row),
  rules: AuditRules<NoInfer<Row>>,
): AuditedRow {
  return { entity, ...rules };
}

/** What the log holds of a row that is one organization's, by its column `organizationId`. */
export const ownedByOrganization = {
  owners: ({ organizationId }: { organizationId: string }) => [organizationId],
  customerId: ({ organizationId }: { organizationId: string }) =>
    isIdOf(Customer, organizationId) ? organizationId : null,
};

/** A row that the activity log tells of, as it was before a change (null when it is new) and after. */
export interface RowChange {
  audit: AuditedRow;
  before: { id: string } | null;
  after: { id: string };
}

/** The kinds of rows whose changes are written into the activity log, as all areas together say it. */
export class AuditedRows {
  /** Those of which counts are kept. */
  readonly counted: readonly AuditedRow[];
  private readonly byEntity: ReadonlyMap<unknown, AuditedRow>;
  private readonly byResource: ReadonlyMap<ActivityResource, AuditedRow>;
  private readonly byPrefix: ReadonlyMap<string, AuditedRow>;

  constructor(all: readonly AuditedRow[]) {
    this.counted = all.filter(({ countedBy }) => countedBy);
    this.byEntity = new Map(all.map((audit) => [audit.entity, audit]));
    this.byResource = new Map(all.map((audit) => [audit.resource, audit]));
    this.byPrefix = new Map(all.map((audit) => [audit.entity.ids.prefix, audit]));
    if (Math.min(this.byEntity.size, this.byResource.size) < all.length)
      throw new Error("two areas say what the activity log holds of the same rows");
  }

  /** What the activity log holds of an entity's rows; nothing when it does not tell of them. */
  of(entity: unknown): AuditedRow | undefined {
    return this.byEntity.get(entity);
  }

  /** What the activity log holds of a kind of thing. */
  ofResource(resource: ActivityResource): AuditedRow | undefined {
    return this.byResource.get(resource);
  }

  /** What the activity log holds of the row with a well-formed id, whether there is one or not. */
  ofId(id: string): AuditedRow | undefined {
    return this.byPrefix.get(prefixOfId(id) ?? "");
  }
}
