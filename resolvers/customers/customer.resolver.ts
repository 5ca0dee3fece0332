import type { GraphQLResolveInfo } from "graphql";
import {
  Arg,
  Args,
  Ctx,
  Extensions,
  FieldResolver,
  ID,
  Info,
  Mutation,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import {
  CreateCustomerInput,
  CustomersArgs,
  UpdateCustomerInput,
} from "../../schema/customers/customer.inputs";
import {
  CreateCustomerPayload,
  CustomerConnection,
  CustomerType,
  UpdateCustomerPayload,
} from "../../schema/customers/customer.type";
import { PageArgs } from "../../schema/connection.type";
import { RemovalBlockerType } from "../../schema/errors/user-error.type";
import { RelationshipType } from "../../schema/relationships/relationship.type";
import { SubscriptionConnection } from "../../schema/subscriptions/subscription.type";
import {
  type CustomerPart,
  createCustomer,
  getVisibleCustomer,
  listCustomers,
  updateCustomer,
} from "../../src/customers";
import { Allow } from "../allow";
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

  @Mutation(() => CreateCustomerPayload, {
    nullable: true,
    description:
      "Creates a customer that has no tenant yet, and your partner's relationship with it. Codes: FIELD_INVALID, CUSTOMER_IN_OTHER_MARKET, DOMAIN_TAKEN. Events: customer.added, relationship.established.",
  })
  @Allow("customer.create")
  createCustomer(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CreateCustomerInput, { description: "The new customer." }) input: CreateCustomerInput,
  ) {
    return createCustomer(ctx, input);
  }

  @Mutation(() => UpdateCustomerPayload, {
    nullable: true,
    description:
      "Changes what your partner keeps about a customer; nobody else sees the change. Codes: CUSTOMER_NOT_FOUND, FIELD_INVALID, STALE_VERSION. Event: customer.updated.",
  })
  @Allow("customer.update")
  updateCustomer(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => UpdateCustomerInput, { description: "What to change." }) input: UpdateCustomerInput,
  ) {
    return updateCustomer(ctx, input);
  }

  @Extensions({ listSize: 3 })
  @FieldResolver(() => [RelationshipType], {
    description:
      "The active relationships with it that you may see: your own, and those of your provider or resellers. You never see other partners'.",
  })
  relationships(
    @Root() customer: CustomerPart,
    @Ctx() ctx: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return ctx.loaders.relationships.ofCustomer(customer.id, selectedFields(info));
  }

  @Extensions({ listSize: 10 })
  @FieldResolver(() => SubscriptionConnection, {
    description: "Its subscriptions that you may see, oldest first.",
  })
  subscriptions(
    @Root() customer: CustomerPart,
    @Ctx() ctx: GraphqlContext,
    @Args(() => PageArgs) page: PageArgs,
    @Info() info: GraphQLResolveInfo,
  ) {
    return ctx.loaders.subscriptions.ofCustomer(customer.id, page, selectedNodeFields(info));
  }

  @Extensions({ listSize: 3 })
  @FieldResolver(() => [RemovalBlockerType], {
    description:
      "What would keep `removeRelationship` from removing your relationship with it; empty when nothing would.",
  })
  async removalBlockers(@Root() customer: CustomerPart, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.relationships.removalBlockers.load(customer.id);
  }
}
