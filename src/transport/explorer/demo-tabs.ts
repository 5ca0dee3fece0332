import type { DevelopmentIssuer } from "../../identity";
import { demoPeople } from "../../demo";
import type { ExplorerTab } from "./explorer-page";

const TAB_TOKEN_SECONDS = 12 * 3600;

/** One tab: who asks, the document, and the variables with words in the place of what has to be put in. */
interface DemoTab {
  person: string;
  variables?: Record<string, string>;
  query: string;
}

/** The queries of the README's story, word for word and in its order (a test compares them), after a look at the customers. */
export const TABS: readonly DemoTab[] = [
  {
    person: "direct-agent",
    query: `# What the admin agent of a partner has.
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
    query: `# 1. Leave this one running, and go on in a second
# window: changing tabs stops it.
subscription Listen {
  events(types: [INVITATION_ACCEPTED, RELATIONSHIP_REMOVED]) {
    position
    cursor
    type
    ... on InvitationAcceptedEvent {
      companyName
      domain
    }
    ... on RelationshipRemovedEvent {
      companyName
      domain
    }
  }
}`,
  },
  {
    person: "direct-agent",
    query: `# 2. Copy what follows # in the link.
mutation Invite {
  inviteCustomer(input: { recipientEmail: "carla.weber@bluefernbakery.example" }) {
    link
    draft {
      subject
      body
      mailto
    }
    userErrors {
      code
      field
      message
    }
  }
}`,
  },
  {
    person: "customer-admin-1",
    variables: { token: "what follows # in the link" },
    query: `# 3. Looking changes nothing. Put the token from
# Invite into Variables below.
query Look($token: String!) {
  invitation(token: $token) {
    partnerName
    expiresAt
    canAccept
    companyDetailsRequired
  }
}`,
  },
  {
    person: "customer-admin-1",
    variables: { token: "what follows # in the link" },
    query: `# 3. The same token, in Variables below.
mutation Accept($token: String!) {
  acceptInvitation(input: { token: $token }) {
    relationships {
      id
      customerId
      status
      partner {
        name
      }
    }
    userErrors {
      code
      message
    }
  }
}`,
  },
  {
    person: "direct-agent",
    query: `# 4. Copy the id of the first one.
query Offers {
  offers(country: "US", availableOnly: true, isAddOn: false, isTrial: false, nameStartsWith: "harbour") {
    nodes {
      id
      name
      minimumQuantity
      maximumQuantity
    }
  }
}`,
  },
  {
    person: "direct-agent",
    variables: { customerId: "cust_…", offerId: "offer_…" },
    query: `# 4. customerId is in the answer to Accept,
# offerId in that to Offers.
mutation Buy($customerId: ID!, $offerId: ID!) {
  createSubscription(input: { customerId: $customerId, offerId: $offerId, quantity: 25 }) {
    subscription {
      id
      status
      termEndsAt
    }
    userErrors {
      code
      field
      message
      details {
        ... on RangeDetails {
          minimum
          maximum
        }
        ... on AllowedValuesDetails {
          allowed
        }
      }
    }
  }
}`,
  },
  {
    person: "direct-agent",
    variables: { relationshipId: "rel_…" },
    query: `# 5. Refused while a subscription is active. Then
# suspend that, and send this again.
mutation Remove($relationshipId: ID!) {
  removeRelationship(input: { relationshipId: $relationshipId }) {
    relationship {
      status
      removedAt
    }
    userErrors {
      code
      message
      details {
        ... on RemovalBlockersDetails {
          blockers {
            subscriptionId
            offerName
            quantity
          }
        }
      }
    }
  }
}`,
  },
  {
    person: "direct-agent",
    variables: { subscriptionId: "sub_…" },
    query: `# 6. The id is in the answer to Buy.
mutation Suspend($subscriptionId: ID!) {
  suspendSubscription(input: { subscriptionId: $subscriptionId }) {
    subscription {
      status
      autoRenewEnabled
    }
    userErrors {
      code
      message
    }
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
      const filledIn = variables && { variables: JSON.stringify(variables, null, 2) };
      return { query, ...filledIn, headers: JSON.stringify(headers, null, 2) };
    }),
  );
}
