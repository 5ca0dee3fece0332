import { ActivityResource } from "../../entities/activity/activity-record";
import { InvitationStatus } from "../../entities/invitations/invitation";
import {
  RelationshipStatus,
  type ResellerRelationship,
} from "../../entities/relationships/reseller-relationship";
import { missingActivity } from "../activity/expected-activity";
import { type ConsistencyCheck, type Finding, inPages, problemsOf } from "../database/consistency-check";
import { searchKey } from "../values/search-key";
import { sql } from "../database/sql";
import { type ExpectedEvent, missingEvents } from "../events/expected-events";

type Row = Pick<
  ResellerRelationship,
  | "id"
  | "partnerId"
  | "customerId"
  | "status"
  | "invitationId"
  | "companyName"
  | "companyNameKey"
  | "establishedAt"
  | "removedAt"
> & {
  invitationStatus: InvitationStatus | null;
  invitedBy: string | null;
  invitedProvider: string | null;
  invitedCustomer: string | null;
  reusable: number | null;
};

const TABLE = "reseller_relationship";

const SELECT = sql`SELECT relationship.id AS id, relationship.partnerId AS partnerId, relationship.customerId AS customerId,
    relationship.status AS status, relationship.invitationId AS invitationId, relationship.companyName AS companyName,
    relationship.companyNameKey AS companyNameKey, relationship.establishedAt AS establishedAt,
    relationship.removedAt AS removedAt, invitation.status AS invitationStatus, invitation.partnerId AS invitedBy,
    invitation.providerId AS invitedProvider, invitation.customerId AS invitedCustomer, invitation.reusable AS reusable
  FROM reseller_relationship relationship
  LEFT JOIN invitation ON invitation.id = relationship.invitationId
  WHERE 1 = 1`;

/** Compares relationships with their own states, the invitations they came from, their events and activity records. */
export const relationshipCheck: ConsistencyCheck = {
  name: "relationships",
  async *run(reads) {
    const key = { columns: [sql`relationship.id`] as const, of: ({ id }: Row) => [id] };
    for await (const page of inPages<Row>(reads, SELECT, key)) {
      const findings = page.flatMap((row) => [...stateProblems(row), ...invitationProblems(row)]);
      const events = await missingEvents(reads, page.flatMap(expectedEvents));
      const activity = await missingActivity(reads, page.flatMap(expectedActivity));
      yield { looked: page.length, findings: [...findings, ...events, ...activity] };
    }
  },
};

function stateProblems({
  id,
  status,
  companyName,
  companyNameKey,
  establishedAt,
  removedAt,
}: Row): Finding[] {
  const isActive = status === RelationshipStatus.ACTIVE;
  return problemsOf(
    TABLE,
    id,
    [!(status in RelationshipStatus), `its status is ${status}`, Object.keys(RelationshipStatus).join(", ")],
    [isActive && removedAt !== null, `it is ACTIVE and was removed at ${removedAt}`, "no removedAt"],
    [!isActive && removedAt === null, `it is ${status} and has no removedAt`, "the instant of its removal"],
    [
      removedAt !== null && removedAt < establishedAt,
      `it was removed at ${removedAt}, before it was established`,
      `${establishedAt} or later`,
    ],
    [
      companyNameKey !== searchKey(companyName),
      "its companyNameKey is not that of companyName",
      "the search key of the name",
    ],
  );
}

function invitationProblems(row: Row): Finding[] {
  const { id, partnerId, customerId, invitationId, invitationStatus, invitedBy, invitedProvider } = row;
  if (invitationId === null || invitationStatus === null) return [];
  const isOpenToAll = Boolean(row.reusable);
  const came = `it came from the invitation ${invitationId}, which`;
  return problemsOf(
    TABLE,
    id,
    [
      !isOpenToAll && invitationStatus !== InvitationStatus.ACCEPTED,
      `${came} is ${invitationStatus}`,
      "an ACCEPTED invitation",
    ],
    [
      !isOpenToAll && invitationStatus === InvitationStatus.ACCEPTED && row.invitedCustomer !== customerId,
      `${came} ${row.invitedCustomer} accepted`,
      `accepted by ${customerId}`,
    ],
    [
      invitedBy !== partnerId && invitedProvider !== partnerId,
      `${came} is another partner's`,
      `of ${partnerId}`,
    ],
  );
}

function expectedEvents({
  id,
  partnerId,
  customerId,
  status,
  establishedAt,
  removedAt,
}: Row): ExpectedEvent[] {
  const told = (type: ExpectedEvent["type"], at: string) =>
    [partnerId, customerId].map((organizationId): ExpectedEvent => {
      return { organizationId, customerId, type, at, about: ["relationshipId", id], table: TABLE };
    });
  const isRemoved = status === RelationshipStatus.REMOVED && removedAt !== null;
  return [
    ...told("relationship.established", establishedAt),
    ...(isRemoved ? told("relationship.removed", removedAt) : []),
  ];
}

function expectedActivity({ id, partnerId, customerId, status, establishedAt, removedAt }: Row) {
  const instants = [establishedAt, status === RelationshipStatus.REMOVED ? removedAt : null];
  return instants
    .filter((at) => at !== null)
    .flatMap((at) =>
      [partnerId, customerId].map((organizationId) => ({
        ...{ organizationId, customerId, at, table: TABLE },
        resource: ActivityResource.RELATIONSHIP,
        resourceId: id,
      })),
    );
}
