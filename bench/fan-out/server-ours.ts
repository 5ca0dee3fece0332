import { Customer } from "../../entities/customers/customer";
import "reflect-metadata";
import pino from "pino";
import { loadConfig } from "../../src/config/config";
import { newId } from "../../src/values/ids";
import { demoPeople } from "../../src/demo";
import { findOrganization } from "../organization";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { startServer } from "../../src/start/start-server";
import { serveBench } from "./protocol";

/** Our server, whole: permissions, limits, log and all. Each event is a commit of its own. */
async function main(): Promise<void> {
  const running = await startServer(loadConfig(), pino({ level: "info" }, pino.destination("/dev/null")));
  const person = demoPeople["direct-agent"];
  if (!person) throw new Error("the demo has no direct-agent");
  const organizationId = await findOrganization(running.services.database, person.tenantId);
  const ctx = makeUseCaseContext(running.services, { kind: "SYSTEM" }, "bench-fan-out");
  const customerId = newId(Customer);
  serveBench(running.url, async (count) => {
    for (let n = 0; n < count; n++) {
      await ctx.transaction((tx) => {
        const facts = {
          customerId,
          partnerId: organizationId,
          companyName: `Customer number ${n}`,
          domain: "customer.example",
        };
        return Promise.resolve(tx.record("customer.updated", facts));
      });
      // As separate events come: each is handed out before the next.
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
}

void main();
