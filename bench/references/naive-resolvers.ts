import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { type FindOptionsWhere, MoreThan, Raw } from "typeorm";
import { RelationshipStatus, ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { PageArgs } from "../../schema/connection.type";
import { CustomersArgs } from "../../schema/customers/customer.inputs";
import { CustomerConnection, CustomerType } from "../../schema/customers/customer.type";
import { AcceptInvitationInput } from "../../schema/invitations/invitation.inputs";
import { AcceptInvitationPayload } from "../../schema/invitations/invitation.type";
import { PartnerType } from "../../schema/partners/partner.type";
import { RelationshipType } from "../../schema/relationships/relationship.type";
import {
  SubscriptionConnection,
  SuspendSubscriptionInput,
  SuspendSubscriptionPayload,
} from "../../schema/subscriptions/subscription.type";
import { type CustomerKey, endsOf, keyOfOrder, placeOf } from "./cursor";
import type { NaiveContext } from "./naive-context";
import { naiveAccept, naiveSuspend } from "./naive-writes";

type Where = FindOptionsWhere<ResellerRelationship>;

/** Customers through repositories, as the pages of the libraries show it. */
@Resolver(() => CustomerType)
export class NaiveCustomerResolver {
  @Query(() => CustomerType, { nullable: true })
  async customer(@Ctx() { source, partnerId }: NaiveContext, @Arg("id", () => ID) customerId: string) {
    const found = await source.getRepository(ResellerRelationship).findOne({
      where: { partnerId, customerId, status: RelationshipStatus.ACTIVE },
      relations: { customer: true },
    });
    return found && asCustomer(found);
  }

  @Query(() => CustomerConnection, { nullable: true })
  async customers(
    @Ctx() { source, partnerId }: NaiveContext,
    @Args(() => CustomersArgs) { first: wanted, after, filter }: CustomersArgs,
  ) {
    const first = wanted ?? 50;
    const where: Where = { partnerId, status: RelationshipStatus.ACTIVE };
    if (filter?.companyNameStartsWith)
      where.companyNameKey = beginsWith("name", filter.companyNameStartsWith.toLowerCase());
    if (filter?.domainStartsWith) where.domain = beginsWith("domain", filter.domainStartsWith);
    const key = keyOfOrder(filter);
    const found = await source.getRepository(ResellerRelationship).find({
      where: after ? beyond(where, key, after) : where,
      relations: { customer: true },
      order: { [key]: "ASC", customerId: "ASC" },
      take: first + 1,
    });
    const nodes = found.slice(0, first ?? 50).map(asCustomer);
    const pageInfo = {
      hasNextPage: found.length > first,
      hasPreviousPage: Boolean(after),
      ...endsOf(nodes, key),
    };
    return { nodes, pageInfo };
  }

  @FieldResolver(() => [RelationshipType])
  relationships(@Root() { id }: CustomerType, @Ctx() { relationships }: NaiveContext) {
    return relationships.load(id);
  }

  @FieldResolver(() => SubscriptionConnection)
  async subscriptions(
    @Root() { id }: CustomerType,
    @Ctx() { subscriptions }: NaiveContext,
    @Args(() => PageArgs) { first }: PageArgs,
  ) {
    return { nodes: (await subscriptions.load(id)).slice(0, first ?? 50) };
  }
}

/** A relationship's partner through a repository. */
@Resolver(() => RelationshipType)
export class NaiveRelationshipResolver {
  @FieldResolver(() => PartnerType, { nullable: true })
  partner(@Root() { partnerId }: RelationshipType, @Ctx() { partners }: NaiveContext) {
    return partners.load(partnerId);
  }
}

/** The two mutations through repositories. */
@Resolver()
export class NaiveMutations {
  @Mutation(() => AcceptInvitationPayload, { nullable: true })
  async acceptInvitation(
    @Ctx() { source }: NaiveContext,
    @Arg("input", () => AcceptInvitationInput) { token }: AcceptInvitationInput,
  ) {
    return { ...(await naiveAccept(source, token)), userErrors: [] };
  }

  @Mutation(() => SuspendSubscriptionPayload, { nullable: true })
  async suspendSubscription(
    @Ctx() { source }: NaiveContext,
    @Arg("input", () => SuspendSubscriptionInput) { subscriptionId }: SuspendSubscriptionInput,
  ) {
    return { subscription: await naiveSuspend(source, subscriptionId), userErrors: [] };
  }
}

/** The name and contact that the partner keeps, and what the tenant is. */
function asCustomer({ customer, ...kept }: ResellerRelationship) {
  if (!customer) throw new Error("a relationship without its customer");
  const { id, tenantId, country, cloud } = customer;
  return { ...kept, id, tenantId, country, cloud, since: kept.establishedAt };
}

function beginsWith(name: string, text: string) {
  return Raw((column) => `${column} >= :${name}From AND ${column} < :${name}To`, {
    [`${name}From`]: text,
    [`${name}To`]: `${text}\u{10FFFF}`,
  });
}

function beyond(where: Where, key: CustomerKey, cursor: string): Where[] {
  const { value, id } = placeOf(cursor);
  return [
    { ...where, [key]: MoreThan(value) },
    { ...where, [key]: value, customerId: MoreThan(id) },
  ];
}
