import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSchema, GraphQLError, type GraphQLSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { serveBench } from "./protocol";

/**
 * What most people would write: graphql-ws as its page shows it, each listener with a queue and an execution of its own. No
 * permissions, limits, log or database.
 */
const schema: GraphQLSchema = buildSchema(`
  interface Event { id: ID! position: Int! cursor: String! type: String! occurredAt: String! }
  type CustomerEvent implements Event { id: ID! position: Int! cursor: String! type: String! occurredAt: String!
    customerId: ID! companyName: String! domain: String! }
  type Query { nothing: Boolean }
  type Subscription { events(after: String): Event! }`);

const queues = new Set<{ push(event: object): void }>();

async function* listen(): AsyncGenerator<object> {
  const waiting: object[] = [];
  let wake = () => undefined as void;
  const queue = {
    push: (event: object) => {
      waiting.push(event);
      wake();
    },
  };
  queues.add(queue);
  try {
    for (;;) {
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      for (const event of waiting.splice(0)) yield event;
    }
  } finally {
    queues.delete(queue);
  }
}

const events = schema.getSubscriptionType()?.getFields().events;
if (!events) throw new GraphQLError("no field");
events.subscribe = listen;
events.resolve = (event: unknown) => event;

const http = createServer();
useServer({ schema }, new WebSocketServer({ server: http, path: "/graphql" }));
http.listen(0, "127.0.0.1", () => {
  const { port } = http.address() as AddressInfo;
  let position = 0;
  serveBench(`http://127.0.0.1:${port}`, async (count) => {
    for (let n = 0; n < count; n++) {
      position++;
      const event = {
        __typename: "CustomerEvent",
        id: `evt_${String(position).padStart(26, "0")}`,
        position,
        cursor: `c${String(position).padStart(50, "0")}`,
        type: "CUSTOMER_UPDATED",
        occurredAt: "2026-11-21T00:00:00.000Z",
        customerId: `cust_${"0".repeat(26)}`,
        companyName: `Customer number ${n}`,
        domain: "customer.example",
      };
      for (const queue of queues) queue.push(event);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});
