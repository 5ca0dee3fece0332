import DataLoader from "dataloader";
import type { Invitation } from "../../entities/invitations/invitation";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { inOrderOf } from "../database/batching";
import { findVisibleInvitations } from "./invitation.repository";

/** Loads invitations by id in batches, under the caller's own visibility; null for one it may not see. */
export type InvitationLoader = DataLoader<string, Invitation | null>;

/** Makes the loader of one request. */
export function makeInvitationLoader(ctx: UseCaseContext): InvitationLoader {
  return new DataLoader(async (ids) => {
    return inOrderOf(ids, await ctx.read((reads) => findVisibleInvitations(ctx, reads, ids)));
  });
}
