import type { Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Page } from "../database/paging";
import { type PageInput, pageRequest } from "../errors/field-checks";
import { pageOfInvitations } from "./invitation.repository";

/** Which invitations, and which page of them. */
export interface ListInvitations extends PageInput {
  status?: InvitationStatus | null;
}

/**
 * The invitations that the caller may see, newest first.
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listInvitations(
  ctx: UseCaseContext,
  input: ListInvitations,
): Promise<Page<Invitation>> {
  return pageOfInvitations(ctx, input.status, pageRequest(input));
}
