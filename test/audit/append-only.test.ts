import { aPartner } from "../support/builders";
import { type House, openHouse } from "../support/house";
import { logOf } from "./activity";

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it("the database refuses to change and to remove a record of the activity log", async () => {
  const { partner } = await aPartner(house);
  const before = await logOf(house, partner.id);
  expect(before.length).toBeGreaterThan(0);
  for (const statement of [
    "UPDATE activity_record SET actorName = 'X'",
    `UPDATE activity_record SET oldValues = NULL WHERE organizationId = '${partner.id}' AND sequence = 1`,
    `DELETE FROM activity_record WHERE organizationId = '${partner.id}' AND sequence = 1`,
    "DELETE FROM activity_record",
  ])
    await expect(house.database.schemaSource.query(statement)).rejects.toThrow("append-only");
  expect(await logOf(house, partner.id)).toEqual(before);
});
