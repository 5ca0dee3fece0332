import type { Data } from "./release-api";

/** Permissions that 0.1.0 did not have. */
const NEW_PERMISSIONS = ["user.assign-agent-roles", "user.bind-subject"];

/** The part of an answer of today that 0.1.0 could give: without what was added since. */
export function withoutAdditions(answer: Data): Data {
  const copy = structuredClone(answer);
  const { viewer } = copy as { viewer?: { permissions: string[] } };
  if (viewer)
    viewer.permissions = viewer.permissions.filter((permission) => !NEW_PERMISSIONS.includes(permission));
  return copy;
}

/** The relationships of each customer with the caller's own one first, as 0.2.0 lists them. */
function withOwnRelationshipFirst(answer: Data, partnerId: string | undefined): Data {
  const isOwn = (relationship: Data) => Number(relationship.partnerId === partnerId);
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inside] of Object.entries(value)) {
      if (name === "relationships" && Array.isArray(inside))
        inside.sort((one, other) => isOwn(other) - isOwn(one));
      visit(inside);
    }
  };
  visit(answer);
  return answer;
}

/**
 * An answer of 0.1.0 as it is meant to be today (0.2.0): whom an invitation was addressed to is told only to the partner that issued
 * it, the actor of an event is named without an identity provider's subject, and a customer's relationships begin with one's own.
 * `partnerId` is the caller's own.
 */
export function asIntended(answer: Data, partnerId: string | undefined): Data {
  const copy = structuredClone(answer);
  const { invitations, events } = copy as Record<string, { nodes: Data[] } | undefined>;
  for (const node of invitations?.nodes ?? []) if (node.partner?.id !== partnerId) node.recipientEmail = null;
  for (const node of events?.nodes ?? []) node.actorId = String(node.actorId).split("/")[0];
  return withOwnRelationshipFirst(copy, partnerId);
}
