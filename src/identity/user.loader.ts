import DataLoader from "dataloader";
import type { User } from "../../entities/identity/user";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { inOrderOf } from "../database/batching";
import { findVisibleUsers } from "./user.repository";

/** Loads users by id in batches, under the caller's own visibility; null for one it may not see. */
export type UserLoader = DataLoader<string, User | null>;

/** Makes the loader of one request. */
export function makeUserLoader(ctx: UseCaseContext): UserLoader {
  return new DataLoader(async (ids) => {
    return inOrderOf(ids, await ctx.read((reads) => findVisibleUsers(ctx, reads, ids)));
  });
}
