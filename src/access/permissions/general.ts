import type { PermissionRule } from "./permission-rule";

/** What every area serves. */
export const generalPermissions = {
  "viewer.read": { means: "See oneself", partner: "ANYONE", customer: "ANYONE", prospect: true },
  "node.read": {
    means: "Look up an object by id; the object's own rules apply",
    partner: "ANYONE",
    customer: "ANYONE",
  },
} as const satisfies Record<string, PermissionRule>;
