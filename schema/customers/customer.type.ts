import { Field, ID, Int, ObjectType } from "type-graphql";
import { Cloud } from "../partners/partner.enums";
import { connectionOf } from "../connection.type";
import { MutationPayload } from "../errors/user-error.type";
import { NodeObject, NodeType } from "../node.type";
import { DateTimeScalar } from "../scalars";

/** A customer as one organization sees it. */
@NodeObject(
  "cust",
  "Customer",
  "An organization that buys, as your organization sees it: a partner sees the name and contact that it keeps itself, and never what another partner keeps.",
)
export class CustomerType extends NodeType {
  @Field(() => String, {
    description: "Its name in your list; `updateCustomer` changes it for your partner only.",
  })
  companyName: string;

  @Field(() => String, { description: "Its primary domain." })
  domain: string;

  @Field(() => String, { description: "ISO 3166-1 alpha-2 code of its tenant; it decides the market." })
  country: string;

  @Field(() => Cloud, { description: "The cloud it lives in." })
  cloud: Cloud;

  @Field(() => ID, { description: "The identity provider's id of the organization." })
  tenantId: string;

  @Field(() => String, { nullable: true, description: "E-mail address of the person to talk to." })
  contactEmail: string | null;

  @Field(() => String, { nullable: true, description: "Phone number of the person to talk to." })
  contactPhone: string | null;

  @Field(() => String, { nullable: true, description: "First name of the person to talk to." })
  contactFirstName: string | null;

  @Field(() => String, { nullable: true, description: "Middle name of the person to talk to." })
  contactMiddleName: string | null;

  @Field(() => String, { nullable: true, description: "Last name of the person to talk to." })
  contactLastName: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Organization registration number, such as an INN; some countries require it.",
  })
  registrationNumber: string | null;

  @Field(() => DateTimeScalar, {
    description: "Since when you have the relationship; as the customer, since when you are known here.",
  })
  since: string;

  @Field(() => Int, {
    description: "Grows with every change; give it as `expectedVersion` to change only what you read.",
  })
  version: number;
}

/** A page of customers. */
export const CustomerConnection = connectionOf(() => CustomerType, "Customer");

/** What creating a customer gives. */
@ObjectType("CreateCustomerPayload", { description: "What `createCustomer` did." })
export class CreateCustomerPayload extends MutationPayload {
  @Field(() => CustomerType, {
    nullable: true,
    description: "The new customer; null when `userErrors` say why not.",
  })
  customer?: CustomerType;
}

/** What updating a customer gives. */
@ObjectType("UpdateCustomerPayload", { description: "What `updateCustomer` did." })
export class UpdateCustomerPayload extends MutationPayload {
  @Field(() => CustomerType, {
    nullable: true,
    description: "The customer as it is now; null when `userErrors` say why not.",
  })
  customer?: CustomerType;
}
