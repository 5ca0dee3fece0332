import DataLoader from "dataloader";
import type { ApiKey, ApiKeySecret } from "../../entities/identity/api-key";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { groupBy, inOrderOf } from "../database/batching";
import { LIST_BOUNDS } from "../errors/list-bounds";
import { findLiveSecrets, findVisibleApiKeys } from "./api-key.repository";

/** Loads API keys and what is known of their secrets in batches, under the caller's own visibility. */
export interface ApiKeyLoaders {
  byId: DataLoader<string, ApiKey | null>;
  /** The secrets of a key that work now, newest first; at most two. */
  liveSecrets: DataLoader<string, ApiKeySecret[]>;
}

/** Makes the loaders of one request. */
export function makeApiKeyLoaders(ctx: UseCaseContext): ApiKeyLoaders {
  return {
    byId: new DataLoader(async (ids) =>
      inOrderOf(ids, await ctx.read((reads) => findVisibleApiKeys(ctx, reads, ids))),
    ),
    liveSecrets: new DataLoader(async (ids) => {
      const found = await ctx.read((reads) => findLiveSecrets(ctx, reads, ids, ctx.now()));
      const byKey = groupBy(found, ({ apiKeyId }) => apiKeyId);
      return ids.map((id) => byKey.get(id)?.slice(0, LIST_BOUNDS.liveSecrets) ?? []);
    }),
  };
}
