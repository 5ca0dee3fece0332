import type { GraphQLResolveInfo } from "graphql";
import {
  Arg,
  Args,
  Ctx,
  Extensions,
  FieldResolver,
  ID,
  Info,
  Int,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import {
  CreateCustomerInput,
  CustomersArgs,
  RelationshipsOfCustomerArgs,
  RemovalBlockersArgs,
  UpdateCustomerInput,
} from "../../schema/customers/customer.inputs";
import {
  CreateCustomerPayload,
  CustomerConnection,
  CustomerType,
  UpdateCustomerPayload,
} from "../../schema/customers/customer.type";
import { COUNT_BOUND } from "../../schema/connection.type";
import { RemovalBlockerType } from "../../schema/errors/user-error.type";
import { RelationshipType } from "../../schema/relationships/relationship.type";
import {
  SubscriptionConnection,
  SubscriptionsOfCustomerArgs,
} from "../../schema/subscriptions/subscription.type";
import {
  type CustomerFor,
  createCustomer,
  getVisibleCustomer,
  listCustomers,
  updateCustomer,
} from "../../src/customers";
import { Allow, Mutates } from "../allow";
import type { GraphqlContext } from "../graphql-context";
import { selectedFields, selectedNodeFields } from "../selected-fields";

/** Customers. */
@Resolver(() => CustomerType)
export class CustomerResolver {
  @Query(() => CustomerConnection, {
    nullable: true,
    description:
      "The customers that you may see, in the order that `orderBy` says. A customer's user sees its own organization. Codes: FIELD_INVALID, ID_MALFORMED, CURSOR_INVALID.",
  })
  @Allow("customer.read")
  customers(
    @Ctx() ctx: GraphqlContext,
    @Args(() => CustomersArgs) { filter, orderBy, ...page }: CustomersArgs,
    @Info() info: GraphQLResolveInfo,
  ) {
    const order = { orderBy: orderBy?.field, direction: orderBy?.direction ?? "ASC" };
    return listCustomers(ctx, { ...filter, ...order, ...page }, selectedNodeFields(info));
  }

  @Query(() => CustomerType, {
    nullable: true,
    description: "One customer. Codes: ID_MALFORMED, CUSTOMER_NOT_FOUND.",
  })
  @Allow("customer.read")
  customer(
    @Ctx() ctx: GraphqlContext,
    @Arg("id", () => ID, { description: "The customer's id." }) id: string,
    @Info() info: GraphQLResolveInfo,
  ) {
    return getVisibleCustomer(ctx, id, { wanted: selectedFields(info) });
  }

  @Mutates(createCustomer, () => CreateCustomerPayload)
  createCustomer(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CreateCustomerInput, { description: "The new customer." }) input: CreateCustomerInput,
  ) {
    return createCustomer(ctx, input);
  }

  @Mutates(updateCustomer, () => UpdateCustomerPayload)
  updateCustomer(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => UpdateCustomerInput, { description: "What to change." }) input: UpdateCustomerInput,
  ) {
    return updateCustomer(ctx, input);
  }

  @FieldResolver(() => [RelationshipType], {
    description:
      "The first of the active relationships with it that you may see: your own at the front, then those of your provider or resellers, oldest first. You never see other partners'. `relationshipCount` says how many there are. Code: FIELD_INVALID.",
  })
  relationships(
    @Root() customer: CustomerFor<"relationships">,
    @Ctx() ctx: GraphqlContext,
    @Args(() => RelationshipsOfCustomerArgs) args: RelationshipsOfCustomerArgs,
    @Info() info: GraphQLResolveInfo,
  ) {
    return ctx.loaders.relationships
      .ofCustomer(customer.id, args, selectedFields(info))
      .then(({ rows }) => rows);
  }

  @Extensions({ isCount: true })
  @FieldResolver(() => Int, {
    description: `How many active relationships with it you may see; ${COUNT_BOUND}`,
  })
  async relationshipCount(@Root() customer: CustomerFor<"relationshipCount">, @Ctx() ctx: GraphqlContext) {
    return (await ctx.loaders.relationships.ofCustomer(customer.id, {}, ["id"])).count;
  }

  @FieldResolver(() => SubscriptionConnection, {
    description: "Its subscriptions that you may see, oldest first. Codes: FIELD_INVALID, CURSOR_INVALID.",
  })
  subscriptions(
    @Root() customer: CustomerFor<"subscriptions">,
    @Ctx() ctx: GraphqlContext,
    @Args(() => SubscriptionsOfCustomerArgs) page: SubscriptionsOfCustomerArgs,
    @Info() info: GraphQLResolveInfo,
  ) {
    return ctx.loaders.subscriptions.ofCustomer(customer.id, page, selectedNodeFields(info));
  }

  @FieldResolver(() => [RemovalBlockerType], {
    description:
      "The first of what would keep `removeRelationship` from removing your relationship with it, oldest first; empty when nothing would. `removalBlockerCount` says how many there are, and `subscriptions(customerId:, status: ACTIVE)` lists all. Code: FIELD_INVALID.",
  })
  async removalBlockers(
    @Root() customer: CustomerFor<"removalBlockers">,
    @Ctx() ctx: GraphqlContext,
    @Args(() => RemovalBlockersArgs) args: RemovalBlockersArgs,
  ) {
    return (await ctx.loaders.relationships.removalBlockers(customer.id, args)).rows;
  }

  @Extensions({ isCount: true })
  @FieldResolver(() => Int, {
    description: `How many active subscriptions would keep \`removeRelationship\` from removing your relationship with it; ${COUNT_BOUND}`,
  })
  async removalBlockerCount(
    @Root() customer: CustomerFor<"removalBlockerCount">,
    @Ctx() ctx: GraphqlContext,
  ) {
    return (await ctx.loaders.relationships.removalBlockers(customer.id, {})).count;
  }
}
