export { ActorDirectory, type Bearer, type Credential } from "./actor-directory";
export { type DevelopmentIssuer, openDevelopmentIssuer, type TokenSubject } from "./development-issuer";
export { type TokenClaims, type TrustedIssuer, verifyToken } from "./token-issuers";
export { createUser, findUserBySubject, FIRST_USER_ROLES, type NewUser } from "./user.repository";
