import { setTimeout as pause } from "node:timers/promises";
import { get, type IncomingMessage } from "node:http";
import { createCustomer, updateCustomer } from "../../src/customers";
import { aPartner, aPartnerUser, type PartnerWithUser } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { testContextOf, send } from "../api/at-the-endpoint";
import { startTestServer, type TestServer } from "../support/test-server";
import { logOf } from "./activity";
import { fat, headersOf } from "./downloads";

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
afterAll(() => server.stop());

const HEADER =
  '"Date-Time","Affected customer","Action","Partner user","Outcome","Error code","Resource type","Resource id","Customer id","User id","Old values","New values","Request id","Record id","Sequence","Previous hash","Hash","Masked fields"';

const download = async (actor: PartnerWithUser["actor"], query = "") =>
  send(`${server.url}/activity-log.csv${query}`, { headers: await headersOf(server, actor) });

/** The fields of each line, by RFC 4180. */
function parse(text: string): string[][] {
  return [...text.matchAll(/((?:"(?:[^"]|"")*",?)+)\r\n/g)].map(([, line = ""]) =>
    [...line.matchAll(/"((?:[^"]|"")*)"/g)].map(([, field = ""]) => field.replaceAll('""', '"')),
  );
}

/** Fills a partner's log with refused attempts. */
async function many({ actor }: PartnerWithUser, count: number): Promise<void> {
  const attempt = { errorCode: "X", resourceType: null, resourceId: null, customerId: null };
  for (let left = count; left > 0; left -= 500)
    await testContext.as(actor).transaction(
      async (tx) => {
        for (let at = 0; at < Math.min(left, 500); at++) tx.recordRefusedAttempt(attempt);
        return Promise.resolve();
      },
      { operation: "many" },
    );
}

describe("the activity log as a file", () => {
  it("is CSV in UTF-8 with a byte order mark, a header and one line for each record, newest first", async () => {
    const seller = await aPartner(testContext);
    await many(seller, 3);
    const { status, headers } = await download(seller.actor);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(headers.get("content-disposition")).toBe('attachment; filename="activity-log.csv"');
    expect(headers.get("cache-control")).toBe("no-store");

    const response = await fetch(`${server.url}/activity-log.csv`, {
      headers: await headersOf(server, seller.actor),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const text = bytes.toString("utf8").slice(1);
    expect(text.split("\r\n")[0]).toBe(HEADER);
    const lines = parse(text).slice(1);
    const log = await logOf(testContext, seller.partner.id);
    expect(lines.map((fields) => fields[13]).sort()).toEqual(log.map(({ id }) => id).sort());
    expect(lines.map((fields) => fields[0])).toEqual(
      lines
        .map((fields) => fields[0])
        .sort()
        .reverse(),
    );
    for (const fields of lines) expect(fields).toHaveLength(18);
  });

  it("says what the query says, formulas disarmed", async () => {
    const seller = await aPartner(testContext);
    const company = { companyName: "Formula Works", domain: "formula-works.example", country: "US" };
    const { customer } = await createCustomer(testContext.as(seller.actor), {
      ...company,
      contactEmail: "a@b.example",
    });
    const companyName = '+cmd|"calc"!A0';
    await updateCustomer(testContext.as(seller.actor), {
      customerId: customer.id,
      companyName,
      contactLastName: "=1",
    });
    const { text } = await download(seller.actor, "?operation=updateCustomer");
    const [record] = (await logOf(testContext, seller.partner.id)).slice(-1);
    expect(parse(text).slice(1)).toEqual([
      [
        record?.occurredAt,
        `'${companyName}`,
        "updateCustomer",
        seller.actor.email,
        "SUCCEEDED",
        "",
        "RELATIONSHIP",
        record?.resourceId,
        customer.id,
        seller.actor.userId,
        '{"companyName":"Formula Works","contactLastName":null}',
        `{"companyName":${JSON.stringify(companyName)},"contactLastName":"=1"}`,
        "test-setup",
        record?.id,
        String(record?.sequence),
        record?.previousHash,
        record?.hash,
        "",
      ],
    ]);
  });

  it("takes the query's filters, and the last 30 days when none is given", async () => {
    const seller = await aPartner(testContext);
    const company = { companyName: "Filter Ltd", domain: "filter-ltd.example", country: "US" };
    const { customer } = await createCustomer(testContext.as(seller.actor), {
      ...company,
      contactEmail: "a@b.example",
    });
    await many(seller, 2);
    const linesOf = async (query: string) => parse((await download(seller.actor, query)).text).length - 1;
    expect(await linesOf("")).toBe(6);
    expect(await linesOf("?outcome=REFUSED")).toBe(2);
    expect(await linesOf(`?customerId=${customer.id}&resourceType=CUSTOMER`)).toBe(1);
    expect(await linesOf("?companyName=FILTER%20l")).toBe(2);
    expect(await linesOf(`?userId=${seller.actor.userId}&operation=createCustomer`)).toBe(2);
    expect(await linesOf("?to=2020-01-01T00:00:00Z")).toBe(0);
    expect(await linesOf("?from=2020-01-01T00:00:00Z")).toBe(6);
    server.setClock(new Date(Date.now() + 40 * 86_400_000).toISOString());
    const token = await headersOf(server, seller.actor);
    const later = await send(`${server.url}/activity-log.csv`, { headers: token });
    server.setClock();
    expect(parse(later.text)).toHaveLength(1);
  });

  it("has every record of a log of many pages once", async () => {
    const seller = await aPartner(testContext);
    await many(seller, 1_234);
    server.statements.length = 0;
    const { text } = await download(seller.actor, "?operation=many");
    const ids = parse(text)
      .slice(1)
      .map((fields) => fields[13]);
    expect(ids).toHaveLength(1_234);
    expect(new Set(ids).size).toBe(1_234);
    // Of each page, and of the record before its last one.
    expect(server.statements.filter((sql) => /activity_record/.test(sql))).toHaveLength(2 * 3);
  });
});

describe("a download that is refused", () => {
  const refused = async (promise: ReturnType<typeof send>) => {
    const { status, headers, body } = await promise;
    expect(headers.get("content-type")).toContain("application/json");
    expect(body.errors?.[0]?.extensions.requestId).toBe(headers.get("x-request-id"));
    return { status, code: body.errors?.[0]?.extensions.code, message: body.errors?.[0]?.message };
  };
  const url = () => `${server.url}/activity-log.csv`;

  it("tells who is not signed in to sign in", async () => {
    expect(await refused(send(url()))).toMatchObject({ status: 401, code: "TOKEN_MISSING" });
    const headers = { authorization: "Bearer garbage" };
    expect(await refused(send(url(), { headers }))).toMatchObject({ status: 401, code: "TOKEN_INVALID" });
  });

  it("tells who lacks the role which ones would do, and writes it down", async () => {
    const { partner } = await aPartner(testContext);
    const roleless = await aPartnerUser(testContext, partner, {});
    expect(await refused(download(roleless))).toMatchObject({ status: 403, code: "FORBIDDEN" });
    expect((await logOf(testContext, partner.id)).slice(-1)).toMatchObject([
      {
        operation: "exportActivityLog",
        outcome: "REFUSED",
        errorCode: "FORBIDDEN",
        actorId: roleless.userId,
      },
    ]);
  });

  it.each([
    ["?customerId=contoso", "ID_MALFORMED"],
    ["?from=yesterday", "FIELD_INVALID"],
    ["?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "FIELD_INVALID"],
    ["?outcome=MAYBE", "FIELD_INVALID"],
    ["?resourceType=constructor", "FIELD_INVALID"],
    ["?operation=a&operation=b", "BAD_REQUEST"],
    ["?cutomerId=x", "FIELD_INVALID"],
    ["?constructor=x", "FIELD_INVALID"],
  ])("names what is wrong with %s", async (query, code) => {
    const { actor } = await aPartner(testContext);
    expect(await refused(download(actor, query))).toMatchObject({ status: 400, code });
  });

  it.each([
    ["?from=yesterday", "from must be RFC 3339 text with an offset"],
    ["?to=2027-02-30T00:00:00Z", "to must name a day that exists: that month has 28 days."],
    ["?from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z", "Send each parameter once."],
    ["?outcome=MAYBE", "outcome must be one of SUCCEEDED, REFUSED."],
  ])("says which rule %s breaks", async (query, rule) => {
    const { actor } = await aPartner(testContext);
    expect((await refused(download(actor, query))).message).toContain(rule);
  });

  it("reads an instant with an offset as the query activityLog does, also where a plus is not encoded", async () => {
    const { actor } = await aPartner(testContext);
    for (const offset of ["+05:30", encodeURIComponent("+05:30"), ".0159088Z"])
      expect((await download(actor, `?from=2026-01-01T00:00:00${offset}`)).status).toBe(200);
  });
});

describe("a download that is stopped", () => {
  it("reads no further page, and one that is not read from waits without reading ahead", async () => {
    const seller = await aPartner(testContext);
    await fat(testContext, seller, 10_000);
    const headers = await headersOf(server, seller.actor);
    const pagesRead = () => server.statements.filter((sql) => /activity_record/.test(sql)).length;
    server.statements.length = 0;
    const response = await new Promise<IncomingMessage>((resolve) =>
      get(`${server.url}/activity-log.csv`, { headers }, resolve),
    );
    await pause(700);
    const readAhead = pagesRead();
    expect(readAhead).toBeLessThan(12); // Of 21; what was read stands in the buffers of the two sockets.
    response.destroy();
    await pause(300);
    const whenStopped = pagesRead();
    expect(whenStopped - readAhead).toBeLessThanOrEqual(1);
    await pause(300);
    expect(pagesRead()).toBe(whenStopped);
  });
});
