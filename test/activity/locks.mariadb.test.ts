import { updateCustomer } from "../../src/customers";
import { aCustomer, aPartner, aRelationship } from "../support/builders";
import { makeGate } from "../database/gate";
import { type TestContext, openTestContext } from "../support/test-context";
import { logOf } from "./activity";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

it("reading a customer's name for the log waits for nobody who holds that customer", async () => {
  const seller = await aPartner(testContext);
  const { customer } = await aCustomer(testContext);
  await aRelationship(testContext, seller.partner, customer);
  const [held, release] = [makeGate(), makeGate()];
  const holder = testContext.system.transaction(async (tx) => {
    await tx.rows("SELECT id FROM customer WHERE id = ? FOR UPDATE", [customer.id]);
    await tx.rows("SELECT id FROM partner WHERE id = ? FOR UPDATE", [seller.partner.id]);
    held.open();
    await release.passed;
  });
  await held.passed;
  // One that waited would be refused at its deadline: the lock is held until it is done.
  await updateCustomer(testContext.as(seller.actor), { customerId: customer.id, contactFirstName: "Quick" });
  release.open();
  await holder;
  expect(await logOf(testContext, seller.partner.id)).toHaveLength(4);
});
