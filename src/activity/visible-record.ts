import type { ActivityRecord } from "../../entities/activity/activity-record";
import type { Permission } from "../access/permissions";
import type { AuditedRows } from "./audited-rows";

/**
 * A record as one reader may have it, with the names of the values that were taken out of it. A hash over values that were taken
 * out is null: they could be found by trying.
 */
export type VisibleRecord = Omit<ActivityRecord, "hash" | "previousHash"> & {
  hash: string | null;
  previousHash: string | null;
  maskedFields: string[];
};

type Values = Record<string, unknown> | null;

/**
 * A record as one reader of its log may have it: values that take a permission which the reader lacks, or that are another
 * organization's, are null and named in `maskedFields`, and so is the record's hash. The stored record stays as it is. The hash of
 * the record before this one is the caller's to take out. `may` tells which permissions the reader has.
 */
export function visibleRecord(
  auditedRows: AuditedRows,
  record: ActivityRecord,
  may: (permission: Permission) => boolean,
): VisibleRecord {
  const { oldValues, newValues, organizationId } = record;
  const { restricted = {}, onlyFor = {} } =
    (record.resourceType && auditedRows.ofResource(record.resourceType)) ?? {};
  const isHidden = (name: string) => {
    const permission = (restricted as Record<string, Permission | undefined>)[name];
    const owner = (onlyFor as Record<string, string | undefined>)[name];
    const ownerId = owner && (newValues?.[owner] ?? oldValues?.[owner]);
    return (permission && !may(permission)) || (owner && ownerId !== organizationId);
  };
  const maskedFields = [...new Set([...namesIn(oldValues), ...namesIn(newValues)])].filter(isHidden).sort();
  if (maskedFields.length === 0) return { ...record, maskedFields };
  return {
    ...record,
    hash: null,
    oldValues: masked(oldValues, maskedFields),
    newValues: masked(newValues, maskedFields),
    maskedFields,
  };
}

const namesIn = (values: Values) => Object.keys(values ?? {});

function masked(values: Values, names: readonly string[]): Values {
  if (!values) return values;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, names.includes(name) ? null : value]),
  );
}
