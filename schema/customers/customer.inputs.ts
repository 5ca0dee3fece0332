import { ArgsType, Field, ID, InputType, Int } from "type-graphql";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import { firstOf, PageArgs } from "../connection.type";
import { OrderDirection } from "../order-direction.enum";
import { CustomerOrderField } from "./customer.enums";
import { IdempotentInput } from "../idempotent.inputs";

/** Which customers. */
@InputType("CustomerFilter", { description: "Which customers; every given condition must hold." })
export class CustomerFilter {
  @Field(() => String, {
    nullable: true,
    description:
      "Beginning of the company name, without regard to case and accents. The customers come by company name then, and in no other order.",
  })
  companyNameStartsWith?: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Beginning of the primary domain, in any letter case. Each part of an international name counts as a whole: `münchen` finds " +
      "`münchen.de` and not `münchener.de`. The customers come by domain then, without `orderBy`.",
  })
  domainStartsWith?: string;

  @Field(() => ID, { nullable: true, description: "The very customer." })
  id?: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "The very tenant, by the identity provider's id; a GUID in any letter case, with or without braces.",
  })
  tenantId?: string;
}

/** In which order. */
@InputType("CustomerOrder", { description: "In which order customers are listed." })
export class CustomerOrder {
  @Field(() => CustomerOrderField, { description: "What they are ordered by." })
  field: CustomerOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: "Which way." })
  direction: OrderDirection;
}

/** What a list of customers is asked for. */
@ArgsType()
export class CustomersArgs extends PageArgs {
  @Field(() => CustomerFilter, { nullable: true, description: "Which customers; all when absent." })
  filter?: CustomerFilter;

  @Field(() => CustomerOrder, {
    nullable: true,
    description:
      "In which order; when absent by domain where `domainStartsWith` is given, otherwise by company name.",
  })
  orderBy?: CustomerOrder;
}

@InputType()
abstract class ContactFields extends IdempotentInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Phone number of the person to talk to; required in AM, AZ, BY, HU, IN, KZ, KG, MD, RU, TJ, UZ and UA.",
  })
  contactPhone?: string | null;

  @Field(() => String, { nullable: true, description: "First name, at most 50 characters." })
  contactFirstName?: string | null;

  @Field(() => String, { nullable: true, description: "Middle name, at most 50 characters." })
  contactMiddleName?: string | null;

  @Field(() => String, { nullable: true, description: "Last name, at most 50 characters." })
  contactLastName?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Organization registration number; required in AM, AZ, BY, HU, IN, KZ, KG, MD, RU, TJ, UZ and UA.",
  })
  registrationNumber?: string | null;
}

/** A new customer. */
@InputType("CreateCustomerInput", {
  description: "A customer that has no tenant yet. One that has must be invited.",
})
export class CreateCustomerInput extends ContactFields {
  @Field(() => String, {
    description: "Company name: a real name, 2 to 200 characters, not only a legal form.",
  })
  companyName: string;

  @Field(() => String, {
    description: "Primary domain, such as `contoso.example`; must not be another organization's.",
  })
  domain: string;

  @Field(() => String, { description: "ISO 3166-1 alpha-2 code, inside your partner's market." })
  country: string;

  @Field(() => String, { description: "E-mail address of the person to talk to." })
  contactEmail: string;
}

/** What to change. */
@InputType("UpdateCustomerInput", {
  description: "What to change of what your partner keeps. An absent field is left alone; null empties it.",
})
export class UpdateCustomerInput extends ContactFields {
  @Field(() => ID, { description: "The customer." })
  customerId: string;

  @Field(() => String, { nullable: true, description: "The name in your list; the tenant's own name stays." })
  companyName?: string | null;

  @Field(() => String, { nullable: true, description: "E-mail address of the person to talk to." })
  contactEmail?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}

/** How many of a customer's relationships are wanted. */
@ArgsType()
export class RelationshipsOfCustomerArgs {
  @Field(() => Int, firstOf(LIST_BOUNDS.customerRelationships))
  first?: number | null;
}

/** How many removal blockers are wanted. */
@ArgsType()
export class RemovalBlockersArgs {
  @Field(() => Int, firstOf(LIST_BOUNDS.removalBlockers))
  first?: number | null;
}
