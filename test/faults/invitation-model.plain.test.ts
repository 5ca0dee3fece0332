import { type InvitationCall, type InvitationHistory, problemsOf } from "./invitation-model";

const call = (more: Partial<InvitationCall>): InvitationCall => ({
  ...{ action: "accept", by: "one", invokedAt: 10, returnedAt: 20, outcome: "done" },
  ...more,
});

const accepted = (calls: InvitationCall[], more: Partial<InvitationHistory> = {}): InvitationHistory => ({
  id: "inv",
  calls,
  stored: { status: "ACCEPTED", acceptedBy: "one" },
  events: { partner: ["invitation.accepted"], one: ["invitation.accepted"] },
  partner: "partner",
  ...more,
});

const expired = (calls: InvitationCall[], more: Partial<InvitationHistory> = {}): InvitationHistory =>
  accepted(calls, {
    expiresAt: 15,
    stored: { status: "EXPIRED" },
    events: { partner: ["invitation.expired"] },
    ...more,
  });

const refused = (code: string, more: Partial<InvitationCall> = {}): InvitationCall =>
  call({ by: "two", outcome: "refused", code, ...more });

describe("the model of an invitation allows", () => {
  it.each<[string, InvitationHistory]>([
    ["one acceptance", accepted([call({})])],
    [
      "a refusal as expired at the deadline, by a server whose clock is some milliseconds ahead, while the acceptance is under way",
      accepted([call({}), refused("INVITATION_EXPIRED")], { expiresAt: 15 }),
    ],
    ["repeats of the one that accepted it", accepted([call({}), call({ invokedAt: 30, returnedAt: 40 })])],
    [
      "others that come too late",
      accepted([
        call({}),
        refused("INVITATION_NOT_FOUND"),
        refused("INVITATION_ALREADY_USED", { action: "revoke" }),
      ]),
    ],
    [
      "a refusal that returns before the answer of the one that won, which may be the slower one",
      accepted([call({ returnedAt: 90 }), refused("INVITATION_ALREADY_USED", { returnedAt: 11 })]),
    ],
    ["an expiry, and a refusal after it", expired([refused("INVITATION_EXPIRED")])],
    [
      "a revocation",
      accepted([call({ action: "revoke", by: "partner" }), refused("INVITATION_REVOKED")], {
        stored: { status: "REVOKED" },
        events: { partner: ["invitation.revoked"] },
      }),
    ],
  ])("%s", (_what, history) => expect(problemsOf(history)).toEqual([]));
});

describe("the model of an invitation finds", () => {
  it.each<[string, InvitationHistory, RegExp]>([
    ["an internal error", accepted([call({}), call({ outcome: "failed", code: "INTERNAL" })]), /INTERNAL/],
    ["two winners", accepted([call({}), call({ by: "two" })]), /two was answered so too/],
    [
      "two ends",
      accepted([call({}), call({ action: "decline", by: "two" })]),
      /answered as ACCEPTED and DECLINED/,
    ],
    ["an answer that is not stored", expired([call({})]), /answered as ACCEPTED, and is stored as EXPIRED/],
    ["an end that nobody made", accepted([refused("INVITATION_ALREADY_USED")]), /nobody was answered so/],
    [
      "an invitation that is still open",
      accepted([], { stored: { status: "PENDING" }, events: {} }),
      /no end/,
    ],
    [
      "a refusal from before the end",
      accepted([
        call({ invokedAt: 30, returnedAt: 40 }),
        refused("INVITATION_ALREADY_USED", { returnedAt: 25 }),
      ]),
      /before anybody did that/,
    ],
    [
      "an acceptance after the deadline",
      accepted([call({ invokedAt: 30, returnedAt: 40 })], { expiresAt: 15 }),
      /began after the deadline/,
    ],
    [
      "an expiry before the deadline",
      expired([refused("INVITATION_EXPIRED", { returnedAt: 14 })]),
      /before the deadline/,
    ],
    ["a refusal for another reason", accepted([call({}), refused("INVITATION_REVOKED")]), /told REVOKED/],
    [
      "a refusal as expired of one that was accepted",
      accepted([call({}), refused("INVITATION_EXPIRED", { invokedAt: 30, returnedAt: 40 })], {
        expiresAt: 15,
      }),
      /told EXPIRED, and it is ACCEPTED/,
    ],
    [
      "a refusal as expired well after the deadline, and an acceptance after it",
      accepted([call({ returnedAt: 90 }), refused("INVITATION_EXPIRED", { invokedAt: 30, returnedAt: 40 })], {
        expiresAt: 15,
      }),
      /told EXPIRED, and it is ACCEPTED/,
    ],
    [
      "a code that it does not know",
      accepted([call({}), refused("STALE_VERSION")]),
      /STALE_VERSION, which the model does not know/,
    ],
    [
      "an end that is told twice",
      accepted([call({})], {
        events: { partner: ["invitation.accepted", "invitation.accepted"], one: ["invitation.accepted"] },
      }),
      /partner heard invitation.accepted, invitation.accepted/,
    ],
    [
      "an end that is told to one side only",
      accepted([call({})], { events: { partner: ["invitation.accepted"] } }),
      /one heard nothing/,
    ],
    [
      "an event for somebody else",
      accepted([call({})], {
        events: {
          partner: ["invitation.accepted"],
          one: ["invitation.accepted"],
          two: ["invitation.declined"],
        },
      }),
      /two heard invitation.declined, and should have heard nothing/,
    ],
    [
      "the winner that is told that there is no such invitation",
      accepted([call({}), refused("INVITATION_NOT_FOUND", { by: "one" })]),
      /was told that there is none/,
    ],
  ])("%s", (_what, history, problem) => expect(problemsOf(history).join("\n")).toMatch(problem));
});
