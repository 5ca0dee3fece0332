export { ActorDirectory, type Bearer, type Credential } from "./actor-directory";
export { apiKeyStatusAt } from "./api-key.lifecycle";
export { VerifiedTokenCache } from "./verified-token-cache";
export { ApiKeyRefused } from "./api-key-refused";
export { hashOfShownApiKey, isWellTypedApiKey, looksLikeApiKey } from "./api-key-secret";
export { type ApiKeyWithSecret, createApiKey, type CreateApiKey } from "./create-api-key";
export { type DevelopmentIssuer, openDevelopmentIssuer, type TokenSubject } from "./development-issuer";
export { listApiKeys, type ListApiKeys } from "./list-api-keys";
export { ApiKeyUses } from "./record-api-key-use";
export { revokeApiKey, type RevokeApiKey } from "./revoke-api-key";
export { rotateApiKey, type RotateApiKey } from "./rotate-api-key";
export { findBearerStates, type BearerState } from "./bearer-state.repository";
export { openOidcIssuer } from "./oidc-issuer";
export { type TokenClaims, type TrustedIssuer, verifyToken } from "./token-issuers";
export { TokenRefused } from "./token-refused";
export {
  addGlobalAdmin,
  type AddGlobalAdmin,
  checkGlobalAdmin,
  checkOrganizationId,
} from "./add-global-admin";
export { createUser, type CreateUser } from "./create-user";
export { type ChangeUserStatus, deactivateUser } from "./deactivate-user";
export { checkEnrolment, enrolPartner, type EnrolPartner } from "./enrol-partner";
export { joinOrganization } from "./join-organization";
export { listUsers, type ListUsers } from "./list-users";
export { reactivateUser } from "./reactivate-user";
export { updateUser, type UpdateUser } from "./update-user";
export { findUserBySubject, FIRST_USER_ROLES, insertUser, type NewUser } from "./user.repository";
