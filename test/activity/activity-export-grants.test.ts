import { setTimeout as pause } from "node:timers/promises";
import { get, type IncomingMessage } from "node:http";
import { replaceGrants } from "../../src/database/customer-grants";
import { testContextOf } from "../api/at-the-endpoint";
import { aCustomer, aPartner, aPartnerUser } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { startTestServer, type TestServer } from "../support/test-server";
import { fat, headersOf } from "./downloads";

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
afterEach(() => server.setClock());
afterAll(() => server.stop());

/** More than the buffers of the sockets hold: many pages of records, and one page of long ones. */
const PAGES = { records: 10_000, length: 3_000 };
const ONE_PAGE = { records: 500, length: 60_000 };
/** After so long what was read and not yet sent is looked at again. */
const RECHECK_MS = 2_000;

/** A log about two customers, and a download of it by somebody who has grants on them and nothing else. */
async function aLongDownload({ records, length }: typeof PAGES) {
  const seller = await aPartner(testContext);
  const [ann, bob] = [(await aCustomer(testContext)).customer.id, (await aCustomer(testContext)).customer.id];
  await fat(testContext, seller, records, { customerIds: [ann, bob], length });
  const holder = await aPartnerUser(testContext, seller.partner, {});
  const { userId: holderId } = holder;
  const until = new Date(Date.now() + 600_000).toISOString();
  const grant = (customerIds: string[]) => {
    const grants = customerIds.map((customerId) => {
      return { holderId, customerId, permission: "activity.read" as const, until };
    });
    return testContext.system.transaction((tx) =>
      replaceGrants(tx, `source_${holderId}`.slice(0, 40), grants),
    );
  };
  await grant([ann, bob]);
  const headers = await headersOf(server, holder);
  const response = await new Promise<IncomingMessage>((resolve) =>
    get(`${server.url}/activity-log.csv`, { headers }, resolve),
  );
  expect(response.statusCode).toBe(200);
  return { ann, bob, grant, response };
}

/** Waits until the server has stopped to read, because nobody takes what it has read. */
async function untilBuffersAreFull(): Promise<void> {
  for (let before = -1; before !== server.statements.length;) {
    before = server.statements.length;
    await pause(500);
  }
}

/** Reads a response to its end: its text, and whether it was broken off. */
async function readAll(response: IncomingMessage): Promise<{ text: string; isWhole: boolean }> {
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => (text += chunk));
  response.on("error", () => undefined);
  await new Promise((resolve) => response.once("close", resolve));
  return { text, isWhole: response.complete };
}

const linesOf = (text: string, customerId: string) => text.split(customerId).length - 1;

describe("a download by grants on single customers", () => {
  it.each([
    ["are deleted", (grant: (ids: string[]) => Promise<void>) => grant([])],
    [
      "have reached their end",
      () => Promise.resolve(server.setClock(new Date(Date.now() + 1_200_000).toISOString())),
    ],
  ])("is broken off when the grants %s, and reads nothing more", async (_how, end) => {
    const { ann, bob, grant, response } = await aLongDownload(PAGES);
    await untilBuffersAreFull();
    await end(grant);
    server.statements.length = 0;
    await pause(RECHECK_MS + 100);
    const { text, isWhole } = await readAll(response);
    expect(isWhole).toBe(false);
    const sent = linesOf(text, ann) + linesOf(text, bob);
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(PAGES.records);
    expect(server.statements.filter((sql) => /FROM activity_record/.test(sql))).toEqual([]);
  });

  it.each([
    ["many pages", PAGES],
    ["one page that is taken slowly", ONE_PAGE],
  ])("of %s goes on with the records of the other customer when the grant on one ends", async (_of, form) => {
    const { ann, bob, grant, response } = await aLongDownload(form);
    await untilBuffersAreFull();
    await grant([bob]);
    // On a slow machine the page was read after the first look at the buffers.
    await pause(2 * RECHECK_MS);
    const { text, isWhole } = await readAll(response);
    expect(isWhole).toBe(true);
    expect(linesOf(text, bob)).toBe(form.records / 2);
    expect(linesOf(text, ann)).toBeLessThan(form.records / 2);
    // What was sent while there was the grant stands in buffers; behind that there is nothing of the first customer.
    expect(linesOf(text.slice(text.lastIndexOf(ann)), bob)).toBeGreaterThan(form.records / 20);
  });
});
