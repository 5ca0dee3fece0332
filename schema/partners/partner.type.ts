import { ArgsType, Field, Int } from "type-graphql";
import { Cloud, ProgrammeRole } from "./partner.enums";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import { firstOf } from "../connection.type";
import { NodeObject, NodeType } from "../node.type";

/** A partner as the world sees it. */
@NodeObject(
  "part",
  "Partner",
  "An organization that resells. You see your own and, where you have a permission for invitations, relationships or subscriptions, those your partner has a partnership with, or, as a customer, those you have or had a relationship with.",
)
export class PartnerType extends NodeType {
  @Field(() => String, { description: "The partner's name." })
  name: string;

  @Field(() => ProgrammeRole, {
    description: "What kind of reseller it is; it limits what its users may do.",
  })
  programmeRole: ProgrammeRole;

  @Field(() => String, {
    description: "ISO 3166-1 alpha-2 code; it decides the market the partner sells in.",
  })
  country: string;

  @Field(() => Cloud, { description: "The cloud it lives in." })
  cloud: Cloud;

  @Field(() => String, { description: "Its primary domain." })
  domain: string;
}

/** How many of a partner's indirect providers are wanted. */
@ArgsType()
export class IndirectProvidersArgs {
  @Field(() => Int, firstOf(LIST_BOUNDS.indirectProviders))
  first?: number | null;
}
