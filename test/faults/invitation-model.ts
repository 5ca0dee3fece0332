/** What can be done to an invitation. */
export type InvitationAction = "accept" | "decline" | "revoke";

/** How an invitation can end. */
export type InvitationEnd = "ACCEPTED" | "DECLINED" | "REVOKED" | "EXPIRED";

/** One call, as its caller saw it. Times are in milliseconds by one clock. */
export interface InvitationCall {
  action: InvitationAction;
  /** Who called: the name of an organization. */
  by: string;
  invokedAt: number;
  returnedAt: number;
  /** `done`: it was answered as done. `refused`: with a code. `failed`: anything that must not be, such as INTERNAL. */
  outcome: "done" | "refused" | "failed";
  /** The code of a refusal, or what went wrong. */
  code?: string;
}

/** Everything that is known of one invitation after a race. */
export interface InvitationHistory {
  id: string;
  calls: InvitationCall[];
  /** When its time was over; absent where that was long after the race. */
  expiresAt?: number;
  /** The stored row: its status, and which organization accepted it. */
  stored: { status: string; acceptedBy?: string };
  /** The types of the events about it, for each organization in whose stream there are some. */
  events: Record<string, string[]>;
  /** The partner that made it. */
  partner: string;
}

const END_OF: Record<InvitationAction, InvitationEnd> = {
  accept: "ACCEPTED",
  decline: "DECLINED",
  revoke: "REVOKED",
};

/** What a refusal says about the invitation. NOT_FOUND is told to an organization when another one has accepted it. */
const END_IN_CODE: Record<string, InvitationEnd> = {
  INVITATION_ALREADY_USED: "ACCEPTED",
  INVITATION_NOT_FOUND: "ACCEPTED",
  INVITATION_DECLINED: "DECLINED",
  INVITATION_REVOKED: "REVOKED",
  INVITATION_EXPIRED: "EXPIRED",
};

/**
 * Compares a history with the model: an invitation is pending, and at one instant becomes exactly one of accepted, declined, revoked
 * or expired, for good. That instant lies within the call that did it; every other answer must be one that was true at
 * some instant between the call and the answer. Each audience hears of the end once.
 * @returns what the model does not allow, a sentence each; empty for a history that it does
 */
export function problemsOf(history: InvitationHistory): string[] {
  const { id, calls, stored } = history;
  const problems = calls
    .filter(({ outcome }) => outcome === "failed")
    .map(({ action, code }) => `${action} failed: ${code}`);
  const done = calls.filter(({ outcome }) => outcome === "done");
  const ends = new Set(done.map(({ action }) => END_OF[action]));
  const end = stored.status as InvitationEnd;
  if (ends.size > 1) problems.push(`it was answered as ${[...ends].join(" and ")}`);
  for (const told of ends)
    if (told !== end) problems.push(`it was answered as ${told}, and is stored as ${end}`);
  if (ends.size === 0 && end !== "EXPIRED") problems.push(`it is ${end}, and nobody was answered so`);
  problems.push(...winnerProblems(done, end, stored.acceptedBy));
  problems.push(...timeProblems(history, end, done));
  problems.push(...eventProblems(history, end));
  return problems.map((problem) => `${id}: ${problem}`);
}

/** Only the one who accepted may be answered so again; declining and revoking are not repeated. */
function winnerProblems(
  done: InvitationCall[],
  end: InvitationEnd,
  acceptedBy: string | undefined,
): string[] {
  if (end !== "ACCEPTED") return done.length > 1 ? [`${done.length} calls were answered as done`] : [];
  const winners = new Set(done.map(({ by }) => by));
  const others = [...winners].filter((by) => by !== acceptedBy);
  return others.length > 0
    ? [`it was accepted by ${acceptedBy}, and ${others.join(", ")} was answered so too`]
    : [];
}

/** Whether every answer was true at some instant of its call. */
function timeProblems(history: InvitationHistory, end: InvitationEnd, done: InvitationCall[]): string[] {
  const { calls, expiresAt = Infinity } = history;
  const problems: string[] = [];
  // The end cannot have been earlier than this, and not later than the first answer that tells of it.
  const earliest = end === "EXPIRED" ? expiresAt : Math.min(...done.map(({ invokedAt }) => invokedAt));
  for (const { action, by, invokedAt, returnedAt, outcome, code = "" } of calls) {
    const call = `${action} by ${by}`;
    if (outcome === "done" && invokedAt > expiresAt && !isRepeat(done, { by, invokedAt }))
      problems.push(`${call} began after the deadline and was answered as done`);
    if (outcome !== "refused") continue;
    const told = END_IN_CODE[code];
    if (told === undefined) problems.push(`${call} was refused with ${code}, which the model does not know`);
    else if (told === "EXPIRED" && returnedAt < expiresAt)
      problems.push(`${call} was refused as expired before the deadline`);
    else if (told !== "EXPIRED" && told !== end) problems.push(`${call} was told ${told}, and it is ${end}`);
    else if (told === "EXPIRED" && end !== "EXPIRED" && !mayHaveSeenDeadline(done, invokedAt, expiresAt))
      problems.push(`${call} was told EXPIRED, and it is ${end}`);
    else if (told === "EXPIRED" && end !== "EXPIRED") continue;
    else if (returnedAt < earliest) problems.push(`${call} was told ${told} before anybody did that`);
    else if (code === "INVITATION_NOT_FOUND" && by === history.stored.acceptedBy)
      problems.push(`${call}: the organization that accepted it was told that there is none`);
  }
  return problems;
}

/** By how much two servers may disagree on the time, in milliseconds: each has asked the database, and an answer takes time. */
const CLOCKS_DIFFER_MS = 10;

/**
 * Whether a call could be told that the deadline had passed, and another one end the invitation in time after it. Both go by the time at
 * which they have the row's lock, so that happens only where their servers' clocks differ, and the first one came at the deadline.
 */
function mayHaveSeenDeadline(done: InvitationCall[], at: number, expiresAt: number): boolean {
  const isUnderWay = done.some(({ invokedAt, returnedAt }) => invokedAt < expiresAt && returnedAt > at);
  return isUnderWay && at < expiresAt + CLOCKS_DIFFER_MS;
}

/** Whether somebody was answered as done before this call began: then it repeats what that one did. */
function isRepeat(
  done: InvitationCall[],
  { by, invokedAt }: Pick<InvitationCall, "by" | "invokedAt">,
): boolean {
  return done.some((call) => call.by === by && call.invokedAt < invokedAt);
}

const EVENT_OF: Record<InvitationEnd, string> = {
  ACCEPTED: "invitation.accepted",
  DECLINED: "invitation.declined",
  REVOKED: "invitation.revoked",
  EXPIRED: "invitation.expired",
};

/** The partner hears of each end, and of an acceptance the organization that accepted too: once each, and of nothing else. */
function eventProblems({ events, partner, stored }: InvitationHistory, end: InvitationEnd): string[] {
  const type = EVENT_OF[end] as string | undefined;
  if (type === undefined) return [`it is ${end}, which is no end`];
  const audience = [partner, ...(end === "ACCEPTED" && stored.acceptedBy ? [stored.acceptedBy] : [])];
  const wanted = new Map(audience.map((organization) => [organization, type]));
  const organizations = new Set([...audience, ...Object.keys(events)]);
  return [...organizations].flatMap((organization) => {
    const heard = (events[organization] ?? []).join(", ") || "nothing";
    const should = wanted.get(organization) ?? "nothing";
    return heard === should ? [] : [`${organization} heard ${heard}, and should have heard ${should}`];
  });
}
