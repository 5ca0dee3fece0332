export { type CustomerContact, establishRelationship, NO_CONTACT } from "./establish-relationship";
export { listRelationships, type ListRelationships } from "./list-relationships";
export { relationshipCheck } from "./relationship.check";
export { makeRelationshipLoaders, type RelationshipLoaders } from "./relationship.loader";
export { relationshipErrors } from "./relationship.errors";
export { relationshipColumns, type RelationshipFor } from "./relationship-columns";
export { lockRelationshipBetween } from "./relationship.repository";
export { removeRelationship, type RemoveRelationship } from "./remove-relationship";
