import { InvitationStatus } from "../../entities/invitations/invitation";
import { accept, decline, ensurePending, revoke, statusAt } from "../../src/invitations/invitation.lifecycle";

const DEADLINE = "2026-06-01T00:00:00.000Z";
const BEFORE = "2026-05-31T23:59:59.999Z";
const AFTER = "2026-06-01T00:00:00.001Z";

const { PENDING, ACCEPTED, DECLINED, REVOKED, EXPIRED } = InvitationStatus;

/** An invitation in a state; one that was answered has an instant at which it was. */
function standing(status: InvitationStatus, reusable = false) {
  const isAnswered = [ACCEPTED, DECLINED, REVOKED].includes(status);
  const endedAt = isAnswered ? "2026-04-01T10:00:00.000Z" : null;
  return { status, expiresAt: DEADLINE, endedAt, reusable };
}

function outcome(verb: () => unknown): unknown {
  try {
    return verb();
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("every verb in every state", () => {
  it.each`
    status      | reusable | now         | accepting                    | declining                      | revoking
    ${PENDING}  | ${false} | ${BEFORE}   | ${ACCEPTED}                  | ${DECLINED}                    | ${REVOKED}
    ${PENDING}  | ${true}  | ${BEFORE}   | ${PENDING}                   | ${"INVITATION_NOT_DECLINABLE"} | ${REVOKED}
    ${PENDING}  | ${false} | ${DEADLINE} | ${"INVITATION_EXPIRED"}      | ${"INVITATION_EXPIRED"}        | ${"INVITATION_EXPIRED"}
    ${PENDING}  | ${true}  | ${DEADLINE} | ${"INVITATION_EXPIRED"}      | ${"INVITATION_EXPIRED"}        | ${"INVITATION_EXPIRED"}
    ${PENDING}  | ${false} | ${AFTER}    | ${"INVITATION_EXPIRED"}      | ${"INVITATION_EXPIRED"}        | ${"INVITATION_EXPIRED"}
    ${EXPIRED}  | ${false} | ${BEFORE}   | ${"INVITATION_EXPIRED"}      | ${"INVITATION_EXPIRED"}        | ${"INVITATION_EXPIRED"}
    ${ACCEPTED} | ${false} | ${BEFORE}   | ${"INVITATION_ALREADY_USED"} | ${"INVITATION_ALREADY_USED"}   | ${"INVITATION_ALREADY_USED"}
    ${ACCEPTED} | ${false} | ${AFTER}    | ${"INVITATION_ALREADY_USED"} | ${"INVITATION_ALREADY_USED"}   | ${"INVITATION_ALREADY_USED"}
    ${DECLINED} | ${false} | ${BEFORE}   | ${"INVITATION_DECLINED"}     | ${"INVITATION_DECLINED"}       | ${"INVITATION_DECLINED"}
    ${DECLINED} | ${false} | ${AFTER}    | ${"INVITATION_DECLINED"}     | ${"INVITATION_DECLINED"}       | ${"INVITATION_DECLINED"}
    ${REVOKED}  | ${false} | ${BEFORE}   | ${"INVITATION_REVOKED"}      | ${"INVITATION_REVOKED"}        | ${"INVITATION_REVOKED"}
    ${REVOKED}  | ${true}  | ${AFTER}    | ${"INVITATION_REVOKED"}      | ${"INVITATION_REVOKED"}        | ${"INVITATION_REVOKED"}
  `(
    "$status (reusable: $reusable) at $now: accept $accepting, decline $declining, revoke $revoking",
    ({ status, reusable, now, accepting, declining, revoking }) => {
      const invitation = standing(status, reusable);
      expect(outcome(() => accept(invitation, now))).toBe(accepting);
      expect(outcome(() => decline(invitation, now))).toBe(declining);
      expect(outcome(() => revoke(invitation, now))).toBe(revoking);
    },
  );
});

it.each([
  [PENDING, BEFORE, PENDING],
  [PENDING, DEADLINE, EXPIRED],
  [PENDING, AFTER, EXPIRED],
  [EXPIRED, BEFORE, EXPIRED],
  [ACCEPTED, AFTER, ACCEPTED],
  [DECLINED, AFTER, DECLINED],
  [REVOKED, AFTER, REVOKED],
])("an invitation that is stored as %s stands at %s as %s", (status, now, seen) => {
  expect(statusAt(standing(status), now)).toBe(seen);
});

it("a link that is no longer open says when it ended", () => {
  const messageOf = (status: InvitationStatus) => {
    try {
      ensurePending(standing(status), AFTER);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(messageOf(PENDING)).toContain(DEADLINE);
  for (const status of [ACCEPTED, DECLINED, REVOKED]) {
    expect(messageOf(status)).toContain("2026-04-01T10:00:00.000Z");
  }
});
