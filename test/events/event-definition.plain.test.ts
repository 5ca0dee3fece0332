import { BillingCycle } from "../../entities/catalog/offer";
import {
  defineEvents,
  isRestricted,
  meaningWithReaders,
  OWN_ORGANIZATION,
  type PayloadOf,
} from "../../src/events/catalogue/event-definition";
import { audienceOf } from "../../src/events/event-audience";

const id = { type: "ID", meaning: "An id." } as const;
const orders = { interfaceName: "OrderEvent", description: "Something that happened to an order." } as const;

describe("the events about a subject", () => {
  const events = defineEvents(
    {
      ...orders,
      payload: { orderId: id, buyerId: id },
      audience: ["buyerId"],
      realNames: ["order-changed"],
    },
    {
      "order.placed": { meaning: "An order was placed." },
      "order.split": {
        meaning: "An order was split.",
        payload: { partIds: { ...id, list: true } },
        audience: OWN_ORGANIZATION,
        version: 2,
        realNames: [],
        changesRights: true,
      },
    },
  );

  it("have its fields, its audience and all that it says, unless they say otherwise", () => {
    expect(events["order.placed"]).toEqual({
      subject: { ...orders, payload: { orderId: id, buyerId: id } },
      meaning: "An order was placed.",
      payload: { orderId: id, buyerId: id },
      audience: ["buyerId"],
      version: 1,
      realNames: ["order-changed"],
      changesRights: false,
    });
    expect(events["order.split"]).toMatchObject({
      payload: { orderId: id, buyerId: id, partIds: { ...id, list: true } },
      ...{ audience: OWN_ORGANIZATION, version: 2, realNames: [], changesRights: true },
    });
  });

  it("are refused by the compiler where they name a field that is not there, or define one again", () => {
    const shared = { ...orders, payload: { orderId: id }, audience: ["orderId"] } as const;
    // @ts-expect-error -- the subject's audience is no field
    defineEvents({ ...shared, audience: ["buyerId"] }, {});
    // @ts-expect-error -- the event's audience is no field
    defineEvents(shared, { "order.placed": { meaning: "Placed.", audience: ["buyerId"] } });
    // @ts-expect-error -- only for an organization that no field names
    defineEvents({ ...shared, payload: { orderId: { ...id, onlyFor: "buyerId" } } }, {});
    // @ts-expect-error -- the same in an event's own field
    defineEvents(shared, { "order.placed": { meaning: "", payload: { a: { ...id, onlyFor: "b" } } } });
    // @ts-expect-error -- a field of the subject
    defineEvents(shared, { "order.placed": { meaning: "Placed.", payload: { orderId: id } } });
    // @ts-expect-error -- no meaning
    defineEvents(shared, { "order.placed": { version: 2 } });
    // @ts-expect-error -- no such type
    defineEvents({ ...shared, payload: { orderId: { type: "Float", meaning: "" } } }, {});
    expect(defineEvents(shared, { "order.placed": { meaning: "Placed." } })).toHaveProperty(["order.placed"]);
  });
});

it("the TypeScript type of a payload follows from its fields", () => {
  const fields = {
    orderId: id,
    lines: { type: "Int", list: true, meaning: "Quantities." },
    isPaid: { type: "Boolean", nullable: true, meaning: "Whether it is paid." },
    cycle: { type: BillingCycle, meaning: "How often it is billed." },
  } as const;
  const payload: PayloadOf<typeof fields> = { orderId: "o", lines: [1], isPaid: null, cycle: "MONTHLY" };
  // @ts-expect-error -- not nullable
  payload.orderId = null;
  // @ts-expect-error -- a list
  payload.lines = 1;
  // @ts-expect-error -- no value of the enum
  payload.cycle = "SOMETIMES";
  // @ts-expect-error -- no such field
  payload.total = 1;
  payload.cycle = BillingCycle.ANNUAL;
  expect(Object.keys(payload)).toEqual([...Object.keys(fields), "total"]);
});

describe("the audience of an event", () => {
  const invitation = { invitationId: "i", partnerName: "P", recipientEmail: null, reusable: false };

  it("is the organizations that its payload names, each once, and none where a field is null", () => {
    const ofBoth = { ...invitation, partnerId: "p", providerId: "q" };
    expect(audienceOf("invitation.sent", ofBoth)).toEqual(["p", "q"]);
    expect(audienceOf("invitation.sent", { ...ofBoth, providerId: null })).toEqual(["p"]);
    expect(audienceOf("invitation.sent", { ...ofBoth, providerId: "p" })).toEqual(["p"]);
    const unknown = { customerId: null, companyName: null, domain: null };
    expect(audienceOf("invitation.declined", { ...ofBoth, ...unknown })).toEqual(["p", "q"]);
    expect(audienceOf("invitation.declined", { ...ofBoth, ...unknown, customerId: "c" })).toContain("c");
  });

  it("is the organization that whoever records it names, where the event is about what concerns that one alone", () => {
    const user = { userId: "u", email: null, displayName: "Ann", agentRoles: [], adminRoles: [] };
    expect(audienceOf("user.added", user, "p")).toEqual(["p"]);
    // @ts-expect-error -- whose user it is
    expect(audienceOf("user.added", user)).toEqual([]);
    // @ts-expect-error -- its payload says who gets it
    audienceOf("invitation.sent", { ...invitation, partnerId: "p", providerId: null }, "p");
  });
});

it("what not every reader may have says who may", () => {
  expect(isRestricted(id)).toBe(false);
  expect(meaningWithReaders(id)).toBe("An id.");
  expect(meaningWithReaders({ ...id, permission: "user.read" })).toBe(
    "An id. Null without the permission `user.read`, and in webhooks.",
  );
  expect(meaningWithReaders({ ...id, onlyFor: "buyerId" })).toBe(
    "An id. Null for every organization but the one of `buyerId`.",
  );
  expect(
    [{ permission: "user.read" } as const, { onlyFor: "buyerId" }].map((rest) =>
      isRestricted({ ...id, ...rest }),
    ),
  ).toEqual([true, true]);
});
