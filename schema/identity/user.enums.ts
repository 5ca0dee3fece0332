import { AdminRole, AgentRole, UserStatus } from "../../entities/identity/user";
import { registerEnum } from "../register-enum";

registerEnum(AgentRole, "AgentRole", "Which customer and account data a partner's user may see and change.", {
  ADMIN_AGENT: "Adds, sees and manages customers.",
  SALES_AGENT: "Sells subscriptions.",
  HELPDESK_AGENT: "Helps with subscriptions.",
});

registerEnum(AdminRole, "AdminRole", "Which features a user may administer.", {
  GLOBAL_ADMIN: "Everything of its organization; accepts invitations for a customer.",
  BILLING_ADMIN: "Bills.",
  USER_MANAGEMENT_ADMIN: "Users and their roles.",
});

registerEnum(UserStatus, "UserStatus", "Whether a user can sign in.", {
  INVITED: "Waits for its first sign-in with this e-mail address, which makes it active.",
  ACTIVE: "Signs in and has its roles.",
  INACTIVE: "Deactivated: cannot sign in. Its roles stay written.",
});

export { AdminRole, AgentRole, UserStatus };
