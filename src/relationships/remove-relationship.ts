import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { asPartner } from "../access/allow";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { LIST_BOUNDS } from "../errors/list-bounds";
import { findActiveSubscriptionsThrough } from "../subscriptions";
import { relationshipEventPayload } from "./relationship-event-payload";
import { relationshipErrors } from "./relationship.errors";
import * as relationshipLifecycle from "./relationship.lifecycle";
import { removalRefusal } from "./relationship.policy";
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
    new FieldChecks().id("relationshipId", input.relationshipId, "relationship").done();
    return ctx.transaction(async (tx) => {
      // Locked before the subscriptions are read: buying and reactivating lock it too, so none can appear meanwhile.
      const found = await lockOwnRelationship(ctx, tx, input.relationshipId);
      if (!found) {
        throw relationshipErrors.RELATIONSHIP_NOT_FOUND("There is no such relationship that you may see.", {
          field: "relationshipId",
        });
      }
      const status = relationshipLifecycle.remove(found);
      ensureVersion(found, input.expectedVersion);
      const { partnerId, customerId } = found;
      const active = await findActiveSubscriptionsThrough(
        tx,
        partnerId,
        [customerId],
        LIST_BOUNDS.blockersOfRefusal,
      );
      const refusal = removalRefusal(active.get(customerId) ?? { rows: [], count: 0 });
      if (refusal) throw refusal;
      const relationship = await tx.update(ResellerRelationship, found, { status, removedAt: tx.now });
      const { partner, customer } = await getParties(tx, relationship);
      tx.record("relationship.removed", relationshipEventPayload(relationship, partner, customer));
      return { relationship };
    });
  },
);
