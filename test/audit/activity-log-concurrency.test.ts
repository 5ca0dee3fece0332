import { updateCustomer } from "../../src/customers";
import { acceptInvitation, inviteCustomer } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner, aRelationship } from "../support/builders";
import { type House, openHouse } from "../support/house";
import { logOf, reportOn } from "./activity";

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

describe("many mutations at once", () => {
  it("of two partners and their customers, some refused and some done again, leave whole chains in every log", async () => {
    const partners = [await aPartner(house), await aPartner(house)] as const;
    const customers = [await aCustomer(house), await aCustomer(house), await aCustomer(house)] as const;
    for (const { partner } of partners) await aRelationship(house, partner, customers[0].customer);
    const invitations = await Promise.all(
      partners.flatMap((partner) =>
        [1, 2].map((at) => anInvitation(house, partner).then(({ token }) => ({ token, at }))),
      ),
    );
    const work = Array.from({ length: 60 }, (_, at) => {
      const { actor } = partners[at % 2];
      if (at % 3 === 0)
        return inviteCustomer(house.as(actor), { recipientEmail: `r${at}@somewhere.example` });
      if (at % 7 === 0) return updateCustomer(house.as(actor), { customerId: customers[1].customer.id });
      return updateCustomer(house.as(actor), {
        customerId: customers[0].customer.id,
        contactLastName: `N${at}`,
      });
    });
    const accepted = invitations.map(({ token, at }) =>
      acceptInvitation(house.as(customers[at].actor), { token }),
    );
    const outcomes = await Promise.allSettled<unknown>([...work, ...accepted]);
    const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    expect(refused).toHaveLength(work.filter((_, at) => at % 3 !== 0 && at % 7 === 0).length);

    for (const { id } of [
      ...partners.map(({ partner }) => partner),
      ...customers.map(({ customer }) => customer),
    ]) {
      const log = await logOf(house, id);
      expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, at) => at + 1));
      expect(await reportOn(house, id)).toEqual({
        organizationId: id,
        records: log.length,
        headHash: log[log.length - 1]?.hash,
      });
    }
    const told = await Promise.all(partners.map(({ partner }) => logOf(house, partner.id)));
    const updates = told.flat().filter(({ operation }) => operation === "updateCustomer");
    expect(updates).toHaveLength(work.filter((_, at) => at % 3 !== 0 && at % 7 !== 0).length);
  });
});
