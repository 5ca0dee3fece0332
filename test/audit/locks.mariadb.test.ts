import { updateCustomer } from "../../src/customers";
import { aCustomer, aPartner, aRelationship } from "../support/builders";
import { makeGate } from "../database/gate";
import { type House, openHouse } from "../support/house";
import { logOf } from "./activity";

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it("reading a customer's name for the log waits for nobody who holds that customer", async () => {
  const seller = await aPartner(house);
  const { customer } = await aCustomer(house);
  await aRelationship(house, seller.partner, customer);
  const [held, release] = [makeGate(), makeGate()];
  const holder = house.system.transaction(async (tx) => {
    await tx.rows("SELECT id FROM customer WHERE id = ? FOR UPDATE", [customer.id]);
    await tx.rows("SELECT id FROM partner WHERE id = ? FOR UPDATE", [seller.partner.id]);
    held.open();
    await release.passed;
  });
  await held.passed;
  // One that waited would be refused at its deadline: the lock is held until it is done.
  await updateCustomer(house.as(seller.actor), { customerId: customer.id, contactFirstName: "Quick" });
  release.open();
  await holder;
  expect(await logOf(house, seller.partner.id)).toHaveLength(4);
});
