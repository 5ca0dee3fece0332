import { setTimeout as pause } from "node:timers/promises";
import { anOffice, type Office, startTwoNodes, type TwoNodes } from "./nodes";
import { openSocket, type RawSocket } from "./socket";
import { commitEvents, listenersLeft } from "./scenario";

let both: TwoNodes;
let office: Office;
beforeAll(async () => {
  both = await startTwoNodes();
  office = await anOffice(both.nodes[0]);
});
afterAll(() => both.stop());
const EVENTS = "subscription { events { position } }";
const positions = ({ messages }: RawSocket) =>
  messages.flatMap(({ type, payload }) => (type === "next" ? [payload?.data.events.position as number] : []));

describe("a listener that comes to a node which has not seen the newest event yet", () => {
  it("begins behind that event, though others with the same question are still to get it", async () => {
    const [elsewhere, node] = both.nodes;
    const early = await openSocket(node, (await office.agent()).token);
    early.subscribe("1", EVENTS);
    await listenersLeft(node, 1);
    for (let round = 1; round <= 3; round++) {
      const late = await openSocket(node, (await office.agent()).token);
      const before = positions(early).length;
      // Nobody notifies this node's bell: it finds the event by its own look, up to a second later.
      await commitEvents(elsewhere, office.partner.id, 1);
      late.subscribe("1", EVENTS);
      await listenersLeft(node, 2);
      await early.heard(() => positions(early).length > before);
      await pause(100);
      const newest = positions(early).at(-1) ?? 0;
      await commitEvents(elsewhere, office.partner.id, 1);
      await late.heard(() => positions(late).length > 0);
      expect(positions(late)).toEqual([newest + 1]);
      late.socket.terminate();
      await listenersLeft(node, 1);
    }
    early.socket.terminate();
    await listenersLeft(node);
  });
});
