import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { columnsReader, type RowFor } from "../database/projections";
import { listOf, name, type Sql, sql } from "../database/sql";

/** What is read of the partner of a listed relationship, by the name that it is read under. */
export const PARTNER = {
  partnerName: "name",
  partnerRole: "programmeRole",
  partnerCountry: "country",
  partnerCloud: "cloud",
  partnerDomain: "domain",
} as const;

/** What is selected for each property of a listed relationship. */
export const LISTED: Readonly<Record<string, Sql>> = {
  ...Object.fromEntries(
    [
      "id",
      "customerId",
      "partnerId",
      "kind",
      "status",
      "invitationId",
      "establishedAt",
      "removedAt",
      "version",
    ]
      .map(name)
      .map((column) => [column.text, sql`reseller_relationship.${column} AS ${column}`]),
  ),
  partner: listOf(
    Object.entries(PARTNER).map(([property, column]) => sql`partner.${name(column)} AS ${name(property)}`),
  ),
};

/** What is read of a customer's relationship for these fields of its GraphQL type. */
export const relationshipColumns = columnsReader<ResellerRelationship>()(
  () => Object.keys(LISTED),
  ["id", "customerId", "partnerId"],
  {
    customer: ["customerId"],
    partner: ["partnerId", "partner"],
    invitation: ["invitationId"],
  },
);

/** What a computed field of ResellerRelationship has of its row. */
export type RelationshipFor<Field extends keyof typeof relationshipColumns.computed> = RowFor<
  typeof relationshipColumns,
  Field
>;
