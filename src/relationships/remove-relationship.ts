import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { asPartner } from "../access/allow";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { LIST_BOUNDS } from "../errors/list-bounds";
import { relationshipEventPayload } from "./relationship-event-payload";
import { relationshipErrors } from "./relationship.errors";
import * as relationshipLifecycle from "./relationship.lifecycle";
import { findRemovalBlockers, removalRefusal } from "./removal-blockers";
import { getParties } from "./relationship-parties";
import { lockOwnRelationship } from "./relationship.repository";

/** Which relationship, and the version the caller read. */
export interface RemoveRelationship {
  relationshipId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Ends the partner's relationship with a customer: it leaves the partner's list. Delegated admin rights stay as they
 * are and nobody is written to; suspended subscriptions stay suspended.
 */
export const removeRelationship = defineMutation(
  {
    name: "removeRelationship",
    permission: "relationship.remove",
    description:
      "Removes your partner's relationship with a customer, which leaves your list. Refused while a subscription through it is active. Delegated admin rights stay as they are, nobody is written to, suspended subscriptions stay suspended; a new invitation brings the customer back.",
    codes: [
      generalErrors.ID_MALFORMED,
      relationshipErrors.RELATIONSHIP_NOT_FOUND,
      relationshipErrors.RELATIONSHIP_HAS_BLOCKERS,
      relationshipErrors.RELATIONSHIP_ALREADY_REMOVED,
      generalErrors.STALE_VERSION,
    ],
    events: ["relationship.removed"],
  },
  async (ctx, input: RemoveRelationship): Promise<{ relationship: ResellerRelationship }> => {
    asPartner(ctx.actor);
    new FieldChecks().id("relationshipId", input.relationshipId, ResellerRelationship).done();
    return ctx.transaction(async (tx) => {
      // Locked before blockers are looked for: who makes one, such as by buying, locks it too, so none can appear meanwhile.
      const found = await lockOwnRelationship(ctx, tx, input.relationshipId);
      if (!found) {
        throw relationshipErrors.RELATIONSHIP_NOT_FOUND("There is no such relationship that you may see.", {
          field: "relationshipId",
        });
      }
      const status = relationshipLifecycle.remove(found);
      ensureVersion(found, input.expectedVersion);
      const { partnerId, customerId } = found;
      const blockers = await findRemovalBlockers(ctx.contributions.removalBlockers, tx, partnerId, {
        customerIds: [customerId],
        first: LIST_BOUNDS.blockersOfRefusal,
      });
      const inTheWay = blockers.get(customerId);
      if (inTheWay) throw removalRefusal(inTheWay);
      const relationship = await tx.update(ResellerRelationship, found, { status, removedAt: tx.now });
      const { partner, customer } = await getParties(tx, relationship);
      tx.record("relationship.removed", relationshipEventPayload(relationship, partner, customer));
      return { relationship };
    });
  },
);
