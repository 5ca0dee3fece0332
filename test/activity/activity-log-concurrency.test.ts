import { updateCustomer } from "../../src/customers";
import { acceptInvitation } from "../../src/invitations";
import {
  aCustomer,
  anInvitation,
  aPartner,
  aRelationship,
  type CustomerWithAdmin,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { logOf, reportOn, tracesOf } from "./activity";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

describe("many mutations at once", () => {
  it("of two partners and their customers, some refused and some done again, leave whole chains in every log", async () => {
    const partners = [await aPartner(testContext), await aPartner(testContext)] as const;
    const customers = [
      await aCustomer(testContext),
      await aCustomer(testContext),
      await aCustomer(testContext),
    ] as const;
    const outsider = await aCustomer(testContext);
    for (const { partner } of partners) await aRelationship(testContext, partner, customers[0].customer);
    const invitations = await Promise.all(
      partners.flatMap((partner) =>
        [1, 2].map((at) => anInvitation(testContext, partner).then(({ token }) => ({ token, at }))),
      ),
    );
    const update = (at: number, { customer }: CustomerWithAdmin) => {
      const { actor } = partners[at % 2];
      return updateCustomer(testContext.as(actor), { customerId: customer.id, contactLastName: `N${at}` });
    };
    const numbers = Array.from({ length: 40 }, (_, at) => at);
    const updates = numbers.map((at) => update(at, customers[0]));
    const refused = numbers.slice(0, 5).map((at) => update(at, outsider));
    const others = invitations.map(({ token, at }) =>
      acceptInvitation(testContext.as(customers[at].actor), { token }),
    );
    const [updated, gone] = await Promise.all([
      Promise.allSettled(updates),
      Promise.allSettled(refused),
      Promise.allSettled(others),
    ]);
    // A machine that is slow may refuse some as SERVICE_BUSY: nothing was done then, and so nothing is told.
    const done = updated.filter(({ status }) => status === "fulfilled").length;
    expect(done).toBeGreaterThan(5);
    expect(gone.map(({ status }) => status)).toEqual(gone.map(() => "rejected"));

    for (const { id } of [
      ...partners.map(({ partner }) => partner),
      ...customers.map(({ customer }) => customer),
    ]) {
      const log = await logOf(testContext, id);
      expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, at) => at + 1));
      expect(await reportOn(testContext, id)).toEqual({
        organizationId: id,
        records: log.length,
        headHash: log[log.length - 1]?.hash,
      });
    }
    const told = await Promise.all(
      partners.map(({ partner }) => tracesOf(testContext, partner.id, "updateCustomer")),
    );
    expect(told.flat()).toHaveLength(done);
  });
});
