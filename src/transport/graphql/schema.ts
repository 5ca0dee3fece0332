import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLSchema,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { buildSchemaSync, type PubSub } from "type-graphql";
import { allResolvers } from "../../../resolvers";
import { eventObjectTypes } from "../../../schema/events/event.type";
import { defaultMatrix } from "../../access/permission-matrix";
import type { PermissionRule, Permission } from "../../access/permissions";
import { customerColumns } from "../../customers";
import { relationshipColumns } from "../../relationships";
import { subscriptionColumns } from "../../subscriptions";
import { bindResolvers } from "./bind-resolvers";
import { type CarriedOutOptions, ensureOptionsCarriedOut, type NarrowTypes } from "./carried-out";

/** The types whose rows are read in part. */
const narrowTypes: NarrowTypes = {
  Customer: customerColumns,
  CustomerSubscription: subscriptionColumns,
  ResellerRelationship: relationshipColumns,
};

/** TypeGraphQL wants one to build live fields, though ours read the event log; its stock one dies of a slow socket. */
const noPubSub: PubSub = {
  publish: () => notUsed(),
  subscribe: () => notUsed(),
};

function notUsed(): never {
  throw new Error("Live fields read the event log: give `subscribe` a LiveTail source.");
}

/** Builds the schema from the resolvers and writes each root field's permission into its description. */
export function buildApiSchema(matrix = defaultMatrix): GraphQLSchema {
  const options: CarriedOutOptions = {
    resolvers: allResolvers,
    orphanedTypes: eventObjectTypes,
    validate: false,
    // Asking the schema about itself at each start finds nothing that a test does not.
    skipCheck: true,
    pubSub: noPubSub,
  };
  ensureOptionsCarriedOut(options);
  const schema = buildSchemaSync(options);
  bindResolvers(schema, narrowTypes);
  for (const field of rootFields(schema)) {
    const permission = permissionOf(field);
    if (permission)
      field.description = `${field.description ?? ""}\n\n${whoMay(permission, matrix.ruleOf(permission))}`;
  }
  return schema;
}

/** The schema as it is committed: sorted, so that a diff shows what changed and nothing else. */
export function printApiSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

/** Every field of Query, Mutation and Subscription. */
export function rootFields(schema: GraphQLSchema): GraphQLField<unknown, unknown>[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((root) => Object.values(root?.getFields() ?? {}));
}

/** The permission that guards a root field; nothing would be a hole, and a test looks for it. */
export function permissionOf(field: GraphQLField<unknown, unknown>): Permission | undefined {
  if (field.resolve === defaultFieldResolver) return undefined;
  return field.extensions.permission as Permission | undefined;
}

function whoMay(
  permission: Permission,
  { partner, programmes, customer, prospect, peopleOnly }: PermissionRule,
): string {
  const roles = (side: PermissionRule["partner"]) => (side === "ANYONE" ? "any role" : side?.join(", "));
  const sides = [
    partner &&
      `partner users with ${roles(partner)}${programmes ? ` (programme role ${programmes.join(" or ")})` : ""}`,
    customer && `customer users with ${roles(customer)}`,
    prospect && "Global admins of an organization that is not known yet",
  ];
  const keys = peopleOnly ? " No API key may." : "";
  return `Permission \`${permission}\`: ${sides.filter(Boolean).join("; ")}.${keys}`;
}
