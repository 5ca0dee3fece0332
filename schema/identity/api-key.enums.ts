import { ApiKeyStatus } from "../../entities/identity/api-key";
import { registerEnum } from "../register-enum";

registerEnum(ApiKeyStatus, "ApiKeyStatus", "Whether an API key works.", {
  ACTIVE: "It works.",
  REVOKED: "A Global admin revoked it, for good.",
  EXPIRED: "It has reached the end that it was given.",
});

export { ApiKeyStatus };
