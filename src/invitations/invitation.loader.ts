import DataLoader from "dataloader";
import type { Invitation } from "../../entities/invitations/invitation";
import type { UseCaseContext } from "../context/use-case-context";
import { findVisibleInvitations } from "./invitation.repository";

/** Loads invitations by id in batches, under the caller's own visibility; null for one it may not see. */
export type InvitationLoader = DataLoader<string, Invitation | null>;

/** Makes the loader of one request. */
export function makeInvitationLoader(ctx: UseCaseContext): InvitationLoader {
  return new DataLoader(async (ids) => {
    const rows = await ctx.read((reads) => findVisibleInvitations(ctx.actor, reads, ids));
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id) ?? null);
  });
}
