import { InvitationStatus } from "../../entities/invitations/invitation";
import { Cloud, ProgrammeRole } from "../../entities/partners/partner";
import type { Actor } from "../../src/access/actor";
import {
  type InvitationBearer,
  invitationBearer,
  canView,
  otherCustomerRefusal,
} from "../../src/invitations/invitation.policy";

const { PENDING, ACCEPTED, DECLINED, REVOKED, EXPIRED } = InvitationStatus;

const MAIL = "info@shop.example";
const person = {
  tenantId: "t",
  subject: "s",
  email: MAIL,
  displayName: "P",
  permissions: new Set<never>(),
};
const customerUser: Actor = {
  kind: "CUSTOMER_USER",
  ...person,
  userId: "user",
  customerId: "us",
  adminRoles: [],
};
const prospect: Actor = { kind: "PROSPECT", ...person, cloud: Cloud.PUBLIC };
const partnerUser: Actor = {
  kind: "PARTNER_USER",
  ...person,
  userId: "user",
  partnerId: "partner",
  programmeRole: ProgrammeRole.DIRECT_BILL,
  agentRoles: [],
  adminRoles: [],
};

const HOLDERS: Record<string, InvitationBearer | undefined> = {
  "the organization": { customerId: "us", email: "boss@shop.example" },
  "the addressee, of another organization": { customerId: "them", email: MAIL },
  "the addressee, in other letter case": { customerId: "them", email: "Info@SHOP.example" },
  "the addressee, of no known organization": { customerId: null, email: MAIL },
  "another organization": { customerId: "them", email: "boss@other.example" },
  "a newcomer": { customerId: null, email: "boss@new.example" },
  "somebody who can never be a customer": undefined,
};

describe("who holds a link", () => {
  it.each([
    ["a customer's user", customerUser, undefined, { customerId: "us", email: MAIL }],
    ["a prospect", prospect, undefined, { customerId: null, email: MAIL }],
    ["a prospect whose organization became known", prospect, "us", { customerId: "us", email: MAIL }],
    ["a partner's user", partnerUser, undefined, undefined],
    ["the program itself", { kind: "SYSTEM" } satisfies Actor, undefined, undefined],
  ])("%s", (_who, actor, known, holder) => {
    expect(invitationBearer(actor, known)).toEqual(holder);
  });
});

describe("what the holder of a link may learn and use", () => {
  // names: the organization that the link names or was used by; to: the address it was sent to.
  it.each`
    holder                                       | names   | to      | status      | learns   | refusal
    ${"the organization"}                        | ${null} | ${MAIL} | ${PENDING}  | ${true}  | ${undefined}
    ${"another organization"}                    | ${null} | ${MAIL} | ${PENDING}  | ${true}  | ${undefined}
    ${"a newcomer"}                              | ${null} | ${null} | ${PENDING}  | ${true}  | ${undefined}
    ${"a newcomer"}                              | ${null} | ${MAIL} | ${REVOKED}  | ${true}  | ${undefined}
    ${"somebody who can never be a customer"}    | ${null} | ${MAIL} | ${PENDING}  | ${false} | ${undefined}
    ${"the organization"}                        | ${"us"} | ${null} | ${PENDING}  | ${true}  | ${undefined}
    ${"the organization"}                        | ${"us"} | ${MAIL} | ${ACCEPTED} | ${true}  | ${undefined}
    ${"the organization"}                        | ${"us"} | ${MAIL} | ${DECLINED} | ${true}  | ${undefined}
    ${"another organization"}                    | ${"us"} | ${MAIL} | ${PENDING}  | ${false} | ${"INVITATION_FOR_ANOTHER_CUSTOMER"}
    ${"another organization"}                    | ${"us"} | ${MAIL} | ${ACCEPTED} | ${false} | ${"INVITATION_ALREADY_USED"}
    ${"a newcomer"}                              | ${"us"} | ${MAIL} | ${ACCEPTED} | ${false} | ${"INVITATION_ALREADY_USED"}
    ${"a newcomer"}                              | ${"us"} | ${null} | ${PENDING}  | ${false} | ${"INVITATION_FOR_ANOTHER_CUSTOMER"}
    ${"the addressee, of another organization"}  | ${"us"} | ${MAIL} | ${PENDING}  | ${true}  | ${"INVITATION_FOR_ANOTHER_CUSTOMER"}
    ${"the addressee, of another organization"}  | ${"us"} | ${MAIL} | ${REVOKED}  | ${true}  | ${"INVITATION_FOR_ANOTHER_CUSTOMER"}
    ${"the addressee, of another organization"}  | ${"us"} | ${MAIL} | ${EXPIRED}  | ${true}  | ${"INVITATION_FOR_ANOTHER_CUSTOMER"}
    ${"the addressee, of another organization"}  | ${"us"} | ${MAIL} | ${ACCEPTED} | ${true}  | ${"INVITATION_ALREADY_USED"}
    ${"the addressee, in other letter case"}     | ${"us"} | ${MAIL} | ${ACCEPTED} | ${true}  | ${"INVITATION_ALREADY_USED"}
    ${"the addressee, of no known organization"} | ${"us"} | ${MAIL} | ${ACCEPTED} | ${true}  | ${"INVITATION_ALREADY_USED"}
    ${"the addressee, of no known organization"} | ${"us"} | ${null} | ${ACCEPTED} | ${false} | ${"INVITATION_ALREADY_USED"}
    ${"somebody who can never be a customer"}    | ${"us"} | ${MAIL} | ${ACCEPTED} | ${false} | ${"INVITATION_ALREADY_USED"}
  `(
    "$holder, of a $status link that names $names and was sent to $to: learns $learns, refused with $refusal",
    ({ holder, names, to, status, learns, refusal }) => {
      const link = { customerId: names, recipientEmail: to, status };
      expect(canView(HOLDERS[holder], link)).toBe(learns);
      expect(otherCustomerRefusal(HOLDERS[holder], link)?.code).toBe(refusal);
    },
  );
});
