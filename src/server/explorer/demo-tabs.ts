import type { DevelopmentIssuer } from "../../identity";
import { demoPeople } from "../../demo";
import type { ExplorerTab } from "./explorer-page";

const TAB_TOKEN_SECONDS = 12 * 3600;

const TABS: { person: string; query: string; variables?: object }[] = [
  {
    person: "direct-agent",
    query: `# 1. The admin agent of a partner looks at its customers.
query Customers {
  viewer { displayName kind partner { name programmeRole } permissions }
  customers(first: 10) {
    totalCount
    nodes {
      id companyName domain since version
      relationships { id status partner { name } }
      subscriptions(first: 5) { nodes { id offerName quantity status } }
      removalBlockers { offerName quantity }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    person: "direct-agent",
    query: `# 2. Leave this one running: it hears when a customer accepts.
subscription InvitationAccepted {
  invitationAccepted {
    id position cursor type occurredAt
    companyName domain
    customer { id companyName }
    relationships { id }
  }
}`,
  },
  {
    person: "direct-agent",
    query: `# 3. Invite a customer. Copy what follows # in the link.
mutation Invite {
  inviteCustomer(input: { recipientEmail: "carla.weber@bluefernbakery.example" }) {
    invitation { id status expiresAt }
    link
    draft { subject body mailto }
    userErrors { code field message }
  }
}`,
  },
  {
    person: "customer-admin-1",
    query: `# 4. The customer's Global admin accepts: put the token into the variables.
mutation Accept($token: String!) {
  acceptInvitation(input: { token: $token }) {
    invitation { id status }
    relationships { id status partner { name } }
    userErrors { code field message }
  }
}`,
    variables: { token: "" },
  },
  {
    person: "direct-agent",
    query: `# 5. And this one hears when a relationship is removed.
subscription RelationshipRemoved {
  relationshipRemoved {
    id position cursor type occurredAt
    companyName domain actorId
  }
}`,
  },
];

/** The explorer's first tabs: the demo's story, each tab signed in as the person who plays its part. */
export function demoTabs(issuer: DevelopmentIssuer): Promise<ExplorerTab[]> {
  return Promise.all(
    TABS.map(async ({ person, query, variables }) => {
      const subject = demoPeople[person];
      if (!subject) throw new Error(`the demo has no ${person}`);
      const headers = { Authorization: `Bearer ${await issuer.sign(subject, TAB_TOKEN_SECONDS)}` };
      return {
        query,
        headers: JSON.stringify(headers, null, 2),
        ...(variables && { variables: JSON.stringify(variables, null, 2) }),
      };
    }),
  );
}
