import type { DevelopmentIssuer } from "../../identity";
import { demoPeople } from "../../demo";
import type { ExplorerTab } from "./explorer-page";

const TAB_TOKEN_SECONDS = 12 * 3600;

const TABS: { person: string; query: string }[] = [
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
    query: `# 2. Leave this running: it hears when a customer accepts.
# Go on in a second window; changing tabs stops it.
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
    query: `# 4. The customer's Global admin accepts.
mutation Accept {
  acceptInvitation(input: { token: "PASTE HERE WHAT FOLLOWS # IN THE LINK" }) {
    invitation { id status }
    relationships { id status partner { name } }
    userErrors { code field message }
  }
}`,
  },
  {
    person: "direct-agent",
    query: `# 5. Buy something for the customer: ids are in tab 1, offers below.
query Offers {
  offers(country: "US", availableOnly: true) {
    nodes { id name minimumQuantity maximumQuantity supportedBillingCycles }
  }
}
mutation Buy {
  createSubscription(input: { customerId: "cust_…", offerId: "offer_…", quantity: 10 }) {
    subscription { id status termEndsAt }
    userErrors { code field message details { minimum maximum } }
  }
}`,
  },
  {
    person: "direct-agent",
    query: `# 6. Refused while a subscription is active.
# Suspend that, then remove again.
mutation Remove {
  removeRelationship(input: { relationshipId: "rel_…" }) {
    relationship { id status removedAt }
    userErrors { code message details { blockers { subscriptionId offerName quantity } } }
  }
}
mutation Suspend {
  suspendSubscription(input: { subscriptionId: "sub_…" }) {
    subscription { id status }
    userErrors { code message }
  }
}`,
  },
  {
    person: "direct-agent",
    query: `# 7. And this one hears when a relationship is removed.
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
    TABS.map(async ({ person, query }) => {
      const subject = demoPeople[person];
      if (!subject) throw new Error(`the demo has no ${person}`);
      const headers = { Authorization: `Bearer ${await issuer.sign(subject, TAB_TOKEN_SECONDS)}` };
      return { query, headers: JSON.stringify(headers, null, 2) };
    }),
  );
}
