export {
  findActiveSellers,
  lockActiveRelationships,
  lockActiveRelationshipWith,
} from "./active-relationships";
export { changeKeptDetails } from "./change-kept-details";
export { type CustomerContact, establishRelationship, NO_CONTACT } from "./establish-relationship";
export { listRelationships, type ListRelationships } from "./list-relationships";
export { relationshipErrors } from "./relationship.errors";
export { relationshipColumns, type RelationshipFor } from "./relationship-columns";
export { lockRelationshipBetween } from "./relationship.repository";
export { removeRelationship, type RemoveRelationship } from "./remove-relationship";
