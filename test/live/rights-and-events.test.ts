import { Customer } from "../../entities/customers/customer";
import { UserStatus } from "../../entities/identity/user";
import { newId } from "../../src/values/ids";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { startTwoNodes, type TwoNodes, anOffice, type Office } from "./nodes";
import { type Message, openSocket } from "./socket";
import { HEAD, listenersLeft } from "./scenario";

let both: TwoNodes;
let office: Office;
beforeAll(async () => {
  both = await startTwoNodes();
  office = await anOffice(both.nodes[0]);
});
afterAll(() => both.stop());
const EVENTS = `subscription { events { ${HEAD} } }`;
const isNext = ({ type }: Message) => type === "next";
const typesHeard = (messages: Message[]) =>
  messages
    .filter((message) => isNext(message) && message.payload?.data)
    .map(({ payload }) => payload?.data.events.type as string);

/** Deactivates somebody, and has something happen right after it: in one commit, so that nothing comes between. */
async function deactivateAndGoOn({
  partnerId,
  userId,
}: {
  partnerId: string;
  userId: string;
}): Promise<void> {
  const { services } = both.nodes[0].running;
  const ctx = makeUseCaseContext(services, { kind: "SYSTEM" }, "the-test");
  await ctx.transaction(async (tx) => {
    await tx.execute("UPDATE user_account SET status = ?, version = version + 1 WHERE id = ?", [
      UserStatus.INACTIVE,
      userId,
    ]);
    const facts = { customerId: newId(Customer), partnerId, companyName: "Before", domain: "a.example" };
    tx.record("customer.updated", facts);
    const person = { userId, email: null, displayName: "Gone", agentRoles: [], adminRoles: [] };
    tx.record("user.deactivated", person, partnerId);
    for (let n = 0; n < 5; n++) tx.record("customer.updated", { ...facts, companyName: "After" });
  });
}

describe("what happens after the loss of a right", () => {
  it("is not heard by who lost it, on any node, while everybody else hears all of it", async () => {
    for (let round = 0; round < 4; round++) {
      const [gone, colleague] = [await office.agent(), await office.agent()];
      const node = both.nodes[round % 2];
      const [socket, other] = [await openSocket(node, gone.token), await openSocket(node, colleague.token)];
      for (const one of [socket, other]) one.subscribe("1", EVENTS);
      expect(await listenersLeft(node, 2)).toBe(2);
      await deactivateAndGoOn(gone.actor);
      await other.heard(() => typesHeard(other.messages).length >= 7, 10_000);
      await socket.closed;
      expect(typesHeard(other.messages)).toEqual([
        "CUSTOMER_UPDATED",
        "USER_DEACTIVATED",
        ...Array<string>(5).fill("CUSTOMER_UPDATED"),
      ]);
      // What came before the loss it may have heard, unless the node had noticed the loss by then.
      expect([[], ["CUSTOMER_UPDATED"]]).toContainEqual(typesHeard(socket.messages));
      other.socket.terminate();
      await listenersLeft(node);
    }
  });
});
