import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isInterfaceType,
} from "graphql";
import { RefundableQuantityResolver } from "../../resolvers/subscriptions/subscription.resolver";
import { InvitationAcceptedEventResolver } from "../../resolvers/invitations/invitation-event.resolver";
import { allPermissions } from "../../src/access/permissions";
import { LIST_BOUNDS, MAX_COUNT } from "../../src/errors/list-bounds";
import { makeApiKeyLoaders } from "../../src/identity/api-key.loader";
import { createApiKey, createUser, updateUser } from "../../src/identity";
import { followEvents } from "../../src/events/follow-events";

import { countProviders, listProviders } from "../../src/partners";
import { removeRelationship } from "../../src/relationships";
import { makeLoaders } from "../../src/areas";
import { liveSecrets } from "../../src/webhooks/webhook-secret";
import { createWebhookEndpoint, updateWebhookEndpoint } from "../../src/webhooks";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { listEvents } from "../../src/events/list-events";
import { allEventTypes } from "../../src/events/event-map";
import {
  aCustomer,
  aPartner,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { copyRow, numbered } from "../support/many-rows";
import { refusalsOf } from "../support/refusals";
import { schema } from "../limits/operations";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

/** Lists of values of which there are so many words: no row makes one longer. */
const OF_WORDS: Record<string, string> = {
  ".permissions": "the permissions that there are; createApiKey checks them",
  "AllowedValuesDetails.allowed": "values of one of our lists, or an offer's prerequisites",
  "FieldRuleDetails.allowed": "the permissions that one can give",
  ".maskedFields": "names of one record's own values",
  "Offer.prerequisiteCatalogIds": "at most 500, by the rules of a catalogue file",
  "InvitationAcceptedEvent.relationshipIds": "one or two, as acceptInvitation makes them",
};

/** Lists of objects that are no connection's page: how many rows one gives by default or at most. */
const BOUNDED: Record<string, number> = {
  "AcceptInvitationPayload.relationships": LIST_BOUNDS.sellers,
  "ApiKey.secrets": LIST_BOUNDS.liveSecrets,
  "Customer.relationships": LIST_BOUNDS.customerRelationships,
  "Customer.removalBlockers": LIST_BOUNDS.removalBlockers,
  "CustomerSubscription.actions": 4,
  "InvitationAcceptedEvent.relationships": LIST_BOUNDS.sellers,
  "Partner.indirectProviders": LIST_BOUNDS.indirectProviders,
  "RefundableQuantity.details": LIST_BOUNDS.refundableBatches,
  "RemovalBlockersDetails.blockers": LIST_BOUNDS.blockersOfRefusal,
  "WebhookEndpoint.secrets": LIST_BOUNDS.liveSecrets,
};

/** Of those that rows make longer: makes one row more than the bound, and checks what is given and what is counted. */
const CASES: Record<string, () => Promise<void>> = {
  "ApiKey.secrets": async () => {
    const { actor } = await aPartner(
      testContext,
      {},
      { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] },
    );
    const { apiKey } = await createApiKey(testContext.as(actor), {
      name: "k",
      permissions: ["customer.read"],
    });
    await copyRow(testContext, "api_key_secret", `apiKeyId = '${apiKey.id}'`, LIST_BOUNDS.liveSecrets, {
      hash: numbered(testContext, "hash"),
    });
    const { liveSecrets: secrets } = makeApiKeyLoaders(testContext.as(actor));
    expect(await secrets.load(apiKey.id)).toHaveLength(LIST_BOUNDS.liveSecrets);
  },
  "Customer.relationships": async () => {
    const { customer, actor } = await aCustomer(testContext);
    const seller = await aPartner(testContext);
    const first = LIST_BOUNDS.customerRelationships;
    await copyRow(testContext, "partner", `id = '${seller.partner.id}'`, 5_000, {
      tenantId: numbered(testContext, "tenantId"),
    });
    const { id } = await aRelationship(testContext, seller.partner, customer);
    const loaders = (as = actor) => makeLoaders(testContext.as(as)).relationships;
    for (const [copies, count] of [
      [first, first + 1],
      [5_000, 5_001],
    ] as const) {
      await testContext.system.transaction((tx) =>
        tx.execute("DELETE FROM reseller_relationship WHERE customerId = ? AND id <> ?", [customer.id, id]),
      );
      await copyRow(testContext, "reseller_relationship", `id = '${id}'`, copies, {
        partnerId: numbered(testContext, "partnerId"),
      });
      testContext.statements.length = 0;
      const found = await loaders().ofCustomer(customer.id, {}, ["id", "partner"]);
      expect(found.rows).toHaveLength(first);
      expect(found.rows.every(({ partner }) => partner !== undefined)).toBe(true);
      expect(found.count).toBe(count);
      expect(testContext.statements.length).toBe(count > 4_999 ? 3 : 1);
      const mine = await loaders(seller.actor as never).ofCustomer(customer.id, { first: 1 });
      expect(mine.rows.map((row) => row.id)).toEqual([id]);
    }
  },
  "Customer.removalBlockers": async () => {
    const { seller, customer } = await aBlockedCustomer();
    const blockersOf = () => makeLoaders(testContext.as(seller.actor)).relationships;
    const first = LIST_BOUNDS.removalBlockers;
    await more(customer.id, first);
    testContext.statements.length = 0;
    expect((await blockersOf().removalBlockers(customer.id, {})).rows).toHaveLength(first);
    expect((await blockersOf().removalBlockers(customer.id, {})).count).toBe(first + 1);
    expect(testContext.statements).toHaveLength(2);
    expect((await blockersOf().removalBlockers(customer.id, { first: 500 })).rows).toHaveLength(first + 1);
    expect(await refusalsOf(blockersOf().removalBlockers(customer.id, { first: 501 }))).toMatchObject([
      { code: "FIELD_INVALID", field: "first" },
    ]);
  },
  "InvitationAcceptedEvent.relationships": async () => {
    const asked: unknown[] = [];
    const loadMany = (ids: unknown[]) => (asked.push(...ids), Promise.resolve([]));
    const ctx = { loaders: { relationships: { byId: { loadMany } } } };
    await new InvitationAcceptedEventResolver().relationships(
      { relationshipIds: ["rel_1", "rel_2", "rel_3"] } as never,
      ctx as never,
    );
    expect(asked).toHaveLength(LIST_BOUNDS.sellers);
  },
  "Partner.indirectProviders": async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const bound = LIST_BOUNDS.indirectProviders;
    await copyRow(testContext, "partner", `id = '${provider.partner.id}'`, bound, {
      tenantId: numbered(testContext, "tenantId"),
    });
    await copyRow(testContext, "partnership", `resellerId = '${reseller.partner.id}'`, bound, {
      providerId: numbered(testContext, "providerId"),
    });
    const ctx = testContext.as(reseller.actor);
    expect(await listProviders(ctx, reseller.partner, {})).toHaveLength(bound);
    expect(await listProviders(ctx, reseller.partner, { first: 500 })).toHaveLength(bound + 1);
    expect(await countProviders(ctx, reseller.partner)).toBe(bound + 1);
  },
  "RefundableQuantity.details": () => {
    const bound = LIST_BOUNDS.refundableBatches;
    const details = Array.from({ length: bound + 1 }, () => ({ quantity: 1, allowedUntil: "" }));
    const resolver = new RefundableQuantityResolver();
    const root = { totalQuantity: bound + 1, details };
    expect(resolver.details(root, {})).toHaveLength(bound);
    expect(resolver.details(root, { first: bound + 1 })).toHaveLength(bound + 1);
    expect(resolver.detailCount(root)).toBe(bound + 1);
    return Promise.resolve();
  },
  "RemovalBlockersDetails.blockers": async () => {
    const { seller, customer, relationshipId } = await aBlockedCustomer();
    const bound = LIST_BOUNDS.blockersOfRefusal;
    const refused = async () => {
      testContext.statements.length = 0;
      const [refusal] = await refusalsOf(
        removeRelationship(testContext.as(seller.actor), { relationshipId }),
      );
      return refusal;
    };
    await more(customer.id, bound);
    expect((await refused()).details).toMatchObject({ blockerCount: bound + 1 });
    const few = testContext.statements.length;
    await more(customer.id, MAX_COUNT, "id LIKE '%000001'");
    const many = await refused();
    expect(many.details?.blockers).toHaveLength(bound);
    expect(many.details?.blockerCount).toBe(MAX_COUNT + 1);
    expect(many.message.length).toBeLessThan(2_000);
    expect(testContext.statements.length).toBeLessThan(few + 4);
  },
  "WebhookEndpoint.secrets": async () => {
    const { actor } = await aPartner(
      testContext,
      {},
      { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] },
    );
    const { endpoint } = await createWebhookEndpoint(testContext.as(actor), {
      url: "https://receiver.example/",
    });
    const [secret] = endpoint.sealedSecrets;
    const sealedSecrets = [secret, secret, secret];
    expect(liveSecrets({ ...endpoint, sealedSecrets }, testContext.clock.now)).toHaveLength(
      LIST_BOUNDS.liveSecrets,
    );
  },
};

async function aBlockedCustomer() {
  const seller = await aPartner(testContext);
  const { customer } = await aCustomer(testContext);
  const { id: relationshipId } = await aRelationship(testContext, seller.partner, customer);
  await aSubscription(testContext, seller, customer);
  return { seller, customer, relationshipId };
}

/** So many copies of a customer's subscription; of one whose id is another one's, the second time. */
async function more(customerId: string, count: number, which = "1 = 1"): Promise<void> {
  const isAgain = which !== "1 = 1";
  await copyRow(testContext, "subscription", `customerId = '${customerId}' AND ${which}`, count, {
    id: isAgain ? numbered(testContext, "REPLACE(id, 'sub_0', 'sub_1')") : numbered(testContext, "id"),
  });
}

/** Every list of an output type that is no connection's page, no refusals and no list of an enum's values. */
function listsOf(): string[] {
  const found: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__") || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.values(type.getFields())) {
      const isPage = type.name.endsWith("Connection") && ["edges", "nodes"].includes(field.name);
      const isList = isListType(getNullableType(field.type));
      if (!isList || isPage || field.name === "userErrors" || isEnumType(getNamedType(field.type))) continue;
      found.push(`${type.name}.${field.name}`);
    }
  }
  return found;
}

const isOfWords = (field: string) => Object.keys(OF_WORDS).some((end) => field.endsWith(end));

it("every list of the schema that is no page has a bound, which is also what it costs", () => {
  const lists = listsOf();
  expect(lists.filter((field) => !isOfWords(field)).sort()).toEqual(Object.keys(BOUNDED).sort());
  for (const list of lists) {
    const [typeName = "", fieldName = ""] = list.split(".");
    const type = schema.getType(typeName);
    if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(list);
    const field = type.getFields()[fieldName];
    if (isLeafType(getNamedType(field.type))) continue;
    const first = field.args.find(({ name }) => name === "first");
    expect([list, first?.defaultValue ?? field.extensions.listSize]).toEqual([list, BOUNDED[list]]);
    // A list that can be longer than it is given says how long it is.
    if (first) expect(Object.keys(type.getFields())).toContain(`${fieldName.replace(/s$/, "")}Count`);
  }
});

it("has a case for every list that rows can make longer", () => {
  const fixed = ["AcceptInvitationPayload.relationships", "CustomerSubscription.actions"];
  expect(Object.keys(CASES).sort()).toEqual(
    Object.keys(BOUNDED)
      .filter((list) => !fixed.includes(list))
      .sort(),
  );
});

it.each(Object.keys(CASES))("%s gives no more than its bound of one row more", (list) => CASES[list]());

describe("a list in an input", () => {
  const administrator = { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] };
  const roles = (count: number) => Array<AgentRole>(count).fill(AgentRole.ADMIN_AGENT);
  const person = { email: "a@b.example", displayName: "A" };
  const inputs: Record<string, { max: number; call: (count: number) => Promise<unknown> }> = {
    "CreateApiKeyInput.permissions": {
      max: allPermissions.length,
      call: async (count) =>
        createApiKey(await asAdmin(), { name: "k", permissions: Array<string>(count).fill("customer.read") }),
    },
    "CreateUserInput.agentRoles": {
      max: Object.keys(AgentRole).length,
      call: async (count) => createUser(await asAdmin(), { ...person, agentRoles: roles(count) }),
    },
    "CreateUserInput.adminRoles": {
      max: Object.keys(AdminRole).length,
      call: async (count) =>
        createUser(await asAdmin(), {
          ...person,
          adminRoles: Array(count).fill(AdminRole.BILLING_ADMIN) as [],
        }),
    },
    "UpdateUserInput.agentRoles": {
      max: Object.keys(AgentRole).length,
      call: async (count) => updateOwn({ agentRoles: roles(count) }),
    },
    "UpdateUserInput.adminRoles": {
      max: Object.keys(AdminRole).length,
      call: async (count) => updateOwn({ adminRoles: Array<AdminRole>(count).fill(AdminRole.GLOBAL_ADMIN) }),
    },
    "CreateWebhookEndpointInput.eventTypes": {
      max: allEventTypes.length,
      call: async (count) =>
        createWebhookEndpoint(await asAdmin(), {
          url: "https://receiver.example/",
          eventTypes: Array<string>(count).fill("customer.added"),
        }),
    },
    "UpdateWebhookEndpointInput.eventTypes": {
      max: allEventTypes.length,
      call: async (count) => {
        const ctx = await asAdmin();
        const { endpoint } = await createWebhookEndpoint(ctx, { url: "https://receiver.example/" });
        return updateWebhookEndpoint(ctx, {
          endpointId: endpoint.id,
          eventTypes: Array<string>(count).fill("customer.added"),
        });
      },
    },
    "Query.events(types:)": {
      max: allEventTypes.length,
      call: async (count) =>
        listEvents(await asAdmin(), { types: Array(count).fill("customer.added") as never }),
    },
    "Subscription.events(types:)": {
      max: allEventTypes.length,
      call: async (count) =>
        followEvents(await asAdmin(), { types: Array(count).fill("customer.added") as never }),
    },
  };
  const asAdmin = async () => testContext.as((await aPartner(testContext, {}, administrator)).actor);
  const updateOwn = async (changed: object) => {
    const { actor } = await aPartner(testContext, {}, administrator);
    return updateUser(testContext.as(actor), { userId: actor.userId, ...changed });
  };

  it("is one of those that are checked here", () => {
    const found: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields()))
          if (isListType(getNullableType(field.type))) found.push(`${type.name}.${field.name}`);
      if (isObjectType(type) && !type.name.startsWith("__"))
        for (const field of Object.values(type.getFields()))
          for (const arg of field.args)
            if (isListType(getNullableType(arg.type))) found.push(`${type.name}.${field.name}(${arg.name}:)`);
    }
    expect(found.sort()).toEqual(Object.keys(inputs).sort());
  });

  it.each(Object.keys(inputs))("%s has a bound, which its refusal names", async (name) => {
    const { max, call } = inputs[name];
    const [, field] = /[.(](\w+):?\)?$/.exec(name) ?? [];
    const refusals = await refusalsOf(call(max + 1));
    expect(refusals).toContainEqual(
      expect.objectContaining({
        code: "FIELD_INVALID",
        field,
        message: `${field} must have at most ${max} values; it has ${max + 1}.`,
      }),
    );
    await call(max);
  });
});
