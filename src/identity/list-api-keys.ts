import type { ApiKey, ApiKeyStatus } from "../../entities/identity/api-key";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Page } from "../database/paging";
import { type PageInput, pageRequest } from "../errors/field-checks";
import { pageOfApiKeys } from "./api-key.repository";

/** Which API keys, and which page of them. */
export interface ListApiKeys extends PageInput {
  status?: ApiKeyStatus | null;
}

/**
 * The API keys of the caller's organization, newest first.
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listApiKeys(ctx: UseCaseContext, input: ListApiKeys): Promise<Page<ApiKey>> {
  return pageOfApiKeys(ctx, input.status, pageRequest(input));
}
