import { get, type IncomingMessage } from "node:http";
import { aPartner } from "../support/builders";
import { testContextOf } from "../api/at-the-endpoint";
import { startTestServer } from "../support/test-server";
import { fat, headersOf } from "./downloads";
import { AT_ONCE_MS } from "../support/patience";

it("a download that nobody reads does not keep the server from stopping, and is broken off", async () => {
  const server = await startTestServer();
  const testContext = testContextOf(server);
  const seller = await aPartner(testContext);
  await fat(testContext, seller, 5_000);
  const headers = await headersOf(server, seller.actor);
  const response = await new Promise<IncomingMessage>((resolve) =>
    get(`${server.url}/activity-log.csv`, { headers }, resolve),
  );
  const brokenOff = new Promise((resolve) => response.once("error", resolve).once("end", resolve));
  const startedAt = performance.now();
  const stopped = server.stop();
  response.resume();
  expect(await brokenOff).toMatchObject({ code: "ECONNRESET" });
  await stopped;
  expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
});
