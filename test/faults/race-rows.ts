import type { Database } from "../../src/database/database";

/** What is stored of the invitations of a run, by their ids. Organizations are named by their tenant ids, and partners by their ids. */
export interface RaceRows {
  invitations: Map<string, { status: string; acceptedBy?: string }>;
  /** The types of the events that end an invitation, for each organization in whose stream they are. */
  events: Map<string, Record<string, string[]>>;
}

type Row = Record<string, string | null>;

/** Reads them all. */
export async function readRaceRows(database: Database): Promise<RaceRows> {
  const rows = (sql: string) => database.read((reads) => reads.rows<Row>(sql));
  const tenantOf = new Map(
    (await rows("SELECT id, tenantId FROM customer")).map(({ id, tenantId }) => [id, tenantId ?? ""]),
  );
  const nameOf = (id: string | null) => (id === null ? undefined : (tenantOf.get(id) ?? id));
  const found = await rows("SELECT id, status, customerId FROM invitation");
  const invitations: RaceRows["invitations"] = new Map();
  for (const { id, status, customerId } of found) {
    const acceptedBy = status === "ACCEPTED" ? nameOf(customerId ?? null) : undefined;
    invitations.set(id ?? "", { status: status ?? "", ...(acceptedBy !== undefined && { acceptedBy }) });
  }
  const events: RaceRows["events"] = new Map();
  const told = await rows(
    "SELECT organizationId, type, facts FROM event WHERE type LIKE 'invitation.%' AND type <> 'invitation.sent' ORDER BY organizationId, position",
  );
  for (const { organizationId = "", type, facts } of told) {
    const { invitationId } = JSON.parse(facts ?? "{}") as { invitationId: string };
    const heard = events.get(invitationId) ?? {};
    const name = nameOf(organizationId) ?? "";
    heard[name] = [...(heard[name] ?? []), type ?? ""];
    events.set(invitationId, heard);
  }
  return { invitations, events };
}
