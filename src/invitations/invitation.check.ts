import { ActivityResource } from "../../entities/activity/activity-record";
import { type Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import { missingActivity } from "../activity/expected-activity";
import { type ConsistencyCheck, type Finding, inPages, problemsOf } from "../database/consistency-check";
import { sql } from "../database/sql";
import { missingEvents } from "../events/expected-events";

type Row = Pick<
  Invitation,
  "id" | "partnerId" | "providerId" | "status" | "customerId" | "pendingKey" | "endedAt"
> & {
  reusable: number;
  /** Of the relationships of the inviting partner and of the provider with the customer. */
  ownId: string | null;
  ownInvitationId: string | null;
  ownSince: string | null;
  providersId: string | null;
  providersInvitationId: string | null;
  providersSince: string | null;
};

const TABLE = "invitation";

const SELECT = sql`SELECT invitation.id AS id, invitation.partnerId AS partnerId, invitation.providerId AS providerId,
    invitation.status AS status, invitation.customerId AS customerId, invitation.pendingKey AS pendingKey,
    invitation.endedAt AS endedAt, invitation.reusable AS reusable,
    own.id AS ownId, own.invitationId AS ownInvitationId, own.establishedAt AS ownSince,
    providers.id AS providersId, providers.invitationId AS providersInvitationId, providers.establishedAt AS providersSince
  FROM invitation
  LEFT JOIN reseller_relationship own
    ON own.partnerId = invitation.partnerId AND own.customerId = invitation.customerId
  LEFT JOIN reseller_relationship providers
    ON providers.partnerId = invitation.providerId AND providers.customerId = invitation.customerId
  WHERE 1 = 1`;

/** Compares invitations with their own states, the relationships that they made, their events and activity records. */
export const invitationCheck: ConsistencyCheck = {
  name: "invitations",
  async *run(reads) {
    const key = { columns: [sql`invitation.id`] as const, of: ({ id }: Row) => [id] };
    for await (const page of inPages<Row>(reads, SELECT, key)) {
      const accepted = page.filter(({ status }) => status === InvitationStatus.ACCEPTED).filter(isAnswered);
      const findings = page.flatMap((row) => [...stateProblems(row), ...relationshipProblems(row)]);
      const events = await missingEvents(reads, accepted.flatMap(expectedEvents));
      const activity = await missingActivity(reads, accepted.flatMap(expectedActivity));
      yield { looked: page.length, findings: [...findings, ...events, ...activity] };
    }
  },
};

type Answered = Row & { customerId: string; endedAt: string };

function isAnswered(row: Row): row is Answered {
  return row.customerId !== null && row.endedAt !== null;
}

function stateProblems({ id, status, customerId, pendingKey, endedAt, reusable }: Row): Finding[] {
  const isPending = status === InvitationStatus.PENDING;
  const isAccepted = status === InvitationStatus.ACCEPTED;
  return problemsOf(
    TABLE,
    id,
    [!(status in InvitationStatus), `its status is ${status}`, Object.keys(InvitationStatus).join(", ")],
    [isPending && endedAt !== null, `it is PENDING and ended at ${endedAt}`, "no endedAt"],
    [!isPending && endedAt === null, `it is ${status} and has no endedAt`, "the instant at which it ended"],
    [!isPending && pendingKey !== null, `it is ${status} and still has a pendingKey`, "no pendingKey"],
    [
      isAccepted && customerId === null,
      "it is ACCEPTED and names no customer",
      "the customer that accepted it",
    ],
    [isAccepted && reusable, "it is ACCEPTED and reusable", "PENDING: a reusable invitation stays open"],
  );
}

/** A partner that sold to the customer before keeps its relationship; so of two only one must come from the invitation. */
function relationshipProblems(row: Row): Finding[] {
  if (row.status !== InvitationStatus.ACCEPTED || !isAnswered(row)) return [];
  const { id, partnerId, providerId, customerId, endedAt } = row;
  const isFrom = (invitationId: string | null, since: string | null) =>
    invitationId === id || (since !== null && since > endedAt);
  const isUsed =
    isFrom(row.ownInvitationId, row.ownSince) || isFrom(row.providersInvitationId, row.providersSince);
  const missing = (partner: string) =>
    `it is ACCEPTED, and ${partner} has no relationship with ${customerId}`;
  const isComplete = row.ownId !== null && (providerId === null || row.providersId !== null);
  return problemsOf(
    TABLE,
    id,
    [row.ownId === null, missing(partnerId), "the relationship that accepting it made"],
    [
      providerId && row.providersId === null,
      missing(String(providerId)),
      "the relationship that accepting it made",
    ],
    [
      isComplete && !isUsed,
      "it is ACCEPTED, and no relationship came of it",
      "a relationship with its id, or a later one",
    ],
  );
}

function expectedEvents({ id, partnerId, providerId, customerId, endedAt }: Answered) {
  return [partnerId, providerId, customerId]
    .filter((organizationId) => organizationId !== null)
    .map((organizationId) => ({
      ...{ organizationId, customerId, at: endedAt, table: TABLE },
      type: "invitation.accepted" as const,
      about: ["invitationId", id] as [string, string],
    }));
}

function expectedActivity({ id, partnerId, providerId, customerId, endedAt }: Answered) {
  return [partnerId, providerId, customerId]
    .filter((organizationId) => organizationId !== null)
    .map((organizationId) => ({
      ...{ organizationId, customerId, at: endedAt, table: TABLE },
      resource: ActivityResource.INVITATION,
      resourceId: id,
    }));
}
