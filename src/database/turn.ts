import type { Deadline } from "../context/deadline";

/** On whose behalf somebody wants a connection, and until when it may wait. */
export interface Turn {
  /** Waiting work of different organizations is served in turn. Absent for the program itself. */
  organizationId?: string;
  /** The bound of a request; when absent, that of the database's own work. */
  deadline?: Deadline;
}
