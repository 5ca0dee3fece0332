import { Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { AdminRole, AgentRole } from "./user.enums";

/** What sort of caller it is. */
export enum ViewerKind {
  PARTNER_USER = "PARTNER_USER",
  CUSTOMER_USER = "CUSTOMER_USER",
  API_KEY = "API_KEY",
  PROSPECT = "PROSPECT",
}
registerEnumType(ViewerKind, {
  name: "ViewerKind",
  description: "What sort of caller it is.",
  valuesConfig: {
    PARTNER_USER: { description: "Works for a partner." },
    CUSTOMER_USER: { description: "Works for a customer." },
    API_KEY: { description: "A service or listener of a partner or a customer." },
    PROSPECT: {
      description: "Global admin of an organization that is not known here yet: may answer invitations.",
    },
  },
});

/** The caller, as it sees itself. */
@ObjectType("Viewer", { description: "Who you are, for which organization, and what you may do." })
export class ViewerType {
  @Field(() => ViewerKind, { description: "What sort of caller you are." })
  kind: ViewerKind;

  @Field(() => ID, {
    nullable: true,
    description: "Your user's id; null for an API key, and while your organization is not known here.",
  })
  userId?: string;

  @Field(() => ID, { nullable: true, description: "Your API key's id; null for a person." })
  apiKeyId?: string;

  @Field(() => String, { description: "Your name; an API key's is the one it was given." })
  displayName: string;

  @Field(() => String, {
    nullable: true,
    description: "Your e-mail address; null for an API key, and where your issuer told us none.",
  })
  email: string | null;

  @Field(() => String, { description: "The identity provider's id of your organization." })
  tenantId: string;

  @Field(() => [AgentRole], { description: "Your agent roles: which customer data you may see and change." })
  agentRoles: AgentRole[];

  @Field(() => [AdminRole], { description: "Your admin roles: which features you may administer." })
  adminRoles: AdminRole[];

  @Field(() => [String], { description: "Every permission you have, such as `invitation.create`." })
  permissions: string[];
}
