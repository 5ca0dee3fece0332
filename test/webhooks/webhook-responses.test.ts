import { write } from "../events/streams";
import { openWebhookTestContext, type WebhookTestContext, type Registered } from "./webhook-test-context";
import { status } from "./receiver";
import { DAY, forgetEndpoints, HOUR, playTime, SECOND, timeOf } from "./virtual-time";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());
afterEach(async () => {
  expect(webhookContext.errors).toEqual([]);
  await forgetEndpoints(webhookContext);
});

const now = () => timeOf(webhookContext);
const play = (one: Registered, lengthMs: number) => playTime(webhookContext, one, lengthMs);

describe("Retry-After", () => {
  it.each([
    ["7200", 2 * HOUR],
    ["1", 5 * SECOND],
    ["999999999", DAY],
    ["soon", 5 * SECOND],
    ["-5", 5 * SECOND],
  ])("of %s lets the next attempt wait %d ms", async (header, wait) => {
    const one = await webhookContext.endpoint();
    one.receiver.answer(status(429, { "retry-after": header }));
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await play(one, 0);
    const { nextAttemptAt } = await webhookContext.row(one.endpoint.id);
    expect(Date.parse(nextAttemptAt!) - now()).toBe(wait);
  });

  it("may be a date", async () => {
    const one = await webhookContext.endpoint();
    const at = new Date(Math.ceil(now() / 1_000) * 1_000 + 3 * HOUR);
    one.receiver.answer(status(503, { "retry-after": at.toUTCString() }));
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await play(one, 0);
    expect(await webhookContext.row(one.endpoint.id)).toMatchObject({ nextAttemptAt: at.toISOString() });
  });
});

describe("an answer", () => {
  it("that is huge is read up to 10 kB and counts by its status; 1 kB of it is kept", async () => {
    const one = await webhookContext.endpoint();
    let written = 0;
    let open = true;
    one.receiver.answer((response) => {
      response.writeHead(200).on("close", () => (open = false));
      const more = () => {
        while (open && written < 100_000_000 && response.write("ä\u0000".repeat(20_000))) written += 60_000;
      };
      response.on("drain", more);
      more();
    });
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await play(one, 0);
    const [delivery] = await webhookContext.log(one.endpoint.id);
    expect(delivery).toMatchObject({ outcome: "DELIVERED", statusCode: 200 });
    expect(Buffer.byteLength(delivery.responseExcerpt!)).toBeLessThanOrEqual(1_024);
    expect(delivery.responseExcerpt).toMatch(/^ä{100,}$/);
    expect(written).toBeLessThan(20_000_000);
  });

  it("that is no text is kept as far as it is one", async () => {
    const one = await webhookContext.endpoint();
    one.receiver.answer((response) => response.writeHead(400).end(Buffer.alloc(5_000, 0xff)));
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await play(one, 0);
    const [delivery] = await webhookContext.log(one.endpoint.id);
    expect(Buffer.byteLength(delivery.responseExcerpt!)).toBeLessThanOrEqual(1_024);
    expect(delivery.responseExcerpt).toMatch(/^(\\xFF){256}$/);
  });

  it("that is Latin-1 is kept with its other bytes written as they are", async () => {
    const one = await webhookContext.endpoint();
    one.receiver.answer((response) => response.writeHead(400).end(Buffer.from("Café\n", "latin1")));
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await play(one, 0);
    const [delivery] = await webhookContext.log(one.endpoint.id);
    expect(delivery.responseExcerpt).toBe("Caf\\xE9\n");
  });

  it("that is any 2xx means delivered", async () => {
    for (const code of [200, 201, 202, 204, 299]) {
      const one = await webhookContext.endpoint();
      one.receiver.answer(status(code));
      await write(webhookContext.testContext, [one.organizationId], ["one"]);
      await play(one, 0);
      expect(await webhookContext.log(one.endpoint.id)).toMatchObject([
        { outcome: "DELIVERED", statusCode: code },
      ]);
    }
  });
});
