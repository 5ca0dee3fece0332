import { AdminRole, AgentRole } from "../../../entities/identity/user";
import { defineEvents, OWN_ORGANIZATION } from "./event-definition";

/** Events about users and API keys. */
export const identityEvents = {
  ...defineEvents(
    {
      interfaceName: "UserEvent",
      description: "Something that happened to a user of your organization.",
      payload: {
        userId: { type: "ID", meaning: "The user's id." },
        email: {
          type: "String",
          nullable: true,
          meaning: "The user's e-mail address.",
          permission: "user.read",
        },
        displayName: { type: "String", meaning: "The user's name." },
        agentRoles: {
          type: AgentRole,
          list: true,
          meaning: "Its agent roles then.",
          permission: "user.read",
        },
        adminRoles: {
          type: AdminRole,
          list: true,
          meaning: "Its admin roles then.",
          permission: "user.read",
        },
      },
      audience: OWN_ORGANIZATION,
      changesRights: true,
    },
    {
      "user.added": {
        meaning: "An administrator added a user; it may sign in when the identity provider knows it.",
      },
      "user.joined": { meaning: "A user who had been invited signed in for the first time." },
      "user.updated": { meaning: "An administrator changed a user's name or roles." },
      "user.deactivated": { meaning: "An administrator deactivated a user; it can no longer sign in." },
      "user.reactivated": { meaning: "An administrator reactivated a user." },
    },
  ),
  ...defineEvents(
    {
      interfaceName: "ApiKeyEvent",
      description: "Something that happened to an API key of your organization.",
      payload: {
        apiKeyId: { type: "ID", meaning: "The API key's id." },
        name: { type: "String", meaning: "The API key's name." },
        permissions: {
          type: "String",
          list: true,
          meaning: "The permissions that it was given.",
          permission: "api-key.read",
        },
        expiresAt: {
          type: "DateTime",
          nullable: true,
          meaning: "When it ends by itself; null when it does not.",
          permission: "api-key.read",
        },
      },
      audience: OWN_ORGANIZATION,
      changesRights: true,
    },
    {
      "api-key.created": { meaning: "A Global admin created an API key." },
      "api-key.rotated": {
        meaning: "A Global admin gave an API key a new secret; the old one works a little longer.",
      },
      "api-key.revoked": { meaning: "A Global admin revoked an API key; it opens nothing any more." },
    },
  ),
};
