import { randomBytes } from "node:crypto";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { importOffers } from "../../src/catalog";
import { inviteCustomer } from "../../src/invitations";
import { AddressGuard } from "../../src/webhooks/address-guard";
import { createWebhookEndpoint } from "../../src/webhooks";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const GLOBAL = { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] };

it.each([
  ["Cyrillic", "Ж"],
  ["emoji", "🧁"],
])(
  "an invitation of 5,000 letters in %s has one result for all calls with its idempotencyKey",
  async (_script, letter) => {
    const { actor } = await aPartner(testContext);
    const body = `{{link}} ${letter.repeat(4_900)}`;
    const call = () =>
      inviteCustomer(testContext.as(actor), {
        recipientEmail: "someone@elsewhere.example",
        subject: letter.repeat(200),
        body,
        idempotencyKey: `key-${letter}`,
      });
    const first = await call();
    expect(first.draft.body).toContain(letter.repeat(4_900));
    expect(await call()).toEqual(first);
  },
);

describe("the address of a webhook", () => {
  const register = async (url: string) => {
    const { actor } = await aPartner(testContext, {}, GLOBAL);
    const { checkUrl } = new AddressGuard({
      allowInsecure: false,
      resolve: () => Promise.resolve(["93.184.216.34"]),
    });
    const webhooks = { ...testContext.services.webhooks, checkUrl };
    return createWebhookEndpoint({ ...testContext.as(actor), webhooks }, { url });
  };
  const long = (letters: number) => `https://receiver.example/${"日".repeat(letters)}`;

  it("is stored percent-encoded up to 2,000 characters", async () => {
    const { endpoint } = await register(long(219));
    expect(endpoint.url).toHaveLength(25 + 219 * 9);
  });

  it("with 1,900 letters that become 17,125 characters is refused with the rule", async () => {
    expect(await refusalsOf(register(long(1_900)))).toMatchObject([
      {
        code: "FIELD_INVALID",
        field: "url",
        message: expect.stringMatching(/at most 2000 .*it has 17125/) as string,
      },
    ]);
  });

  it("with half of a character is refused: the parser would replace it", async () => {
    expect(await refusalsOf(register("https://receiver.example/\ud800"))).toMatchObject([
      { code: "FIELD_INVALID", field: "url" },
    ]);
  });
});

it("an offer with the longest texts and lists is stored", async () => {
  const id = `L${randomBytes(4).toString("hex")}`;
  const ofLength = (count: number, tag: number) => `${tag}${"&".repeat(count)}`.slice(0, count);
  const record = {
    id,
    name: "🧁".repeat(300),
    description: "🧁".repeat(10_000),
    minimumQuantity: 1,
    maximumQuantity: 2_147_483_647,
    locale: "en-US",
    country: "US",
    termUnitOfMeasure: "Month",
    term: 9999,
    prerequisiteOffers: Array.from({ length: 500 }, (_, tag) => ofLength(100, tag)),
    isAddOn: false,
    isAvailableForPurchase: true,
    billing: "license",
    supportedBillingCycles: ["monthly", "annual", "triennial", "biennial", "one_time", "none"],
    isAutoRenewable: true,
    isTrial: false,
    unitType: "🧁".repeat(100),
  };
  expect(await importOffers(testContext.system, JSON.stringify([record]))).toMatchObject({
    added: 1,
    refused: [],
  });
});
