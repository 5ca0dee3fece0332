import { auditServer } from "graphql-http";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it("the 61 audits of graphql-http find no error at our endpoint, and warn of three things at most", async () => {
  const results = await auditServer({ url: `${server.url}/graphql` });
  const short = results.map((result) => ({
    id: result.id,
    name: result.name,
    status: result.status,
    ...("reason" in result && { reason: result.reason }),
  }));
  const withStatus = (status: string) => short.filter((result) => result.status === status);
  expect(short).toHaveLength(61);
  expect(withStatus("error")).toEqual([]);
  // Mistakes in a document get 400 instead of 200 also as application/json: clients that look at the status notice them.
  expect(withStatus("warn").length).toBeLessThanOrEqual(3);
  expect(withStatus("ok").length).toBeGreaterThanOrEqual(55);
});
