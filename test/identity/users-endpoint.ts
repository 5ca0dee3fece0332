import type { Answer, Caller } from "../support/test-server";

/** Every field of a user, for documents. */
export const USER = "id displayName email status agentRoles adminRoles createdAt updatedAt version";

/** The answer to a mutation on users, and its payload where it has one. */
export interface UserAnswer extends Answer {
  payload: { user: { id: string }; userErrors: object[] } | null;
}

/** Calls one of the mutations on users. */
export async function callUsers(caller: Caller, name: string, input: object): Promise<UserAnswer> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const answer = await caller.ask(
    `mutation ($input: ${type}!) { ${name}(input: $input) { user { ${USER} } userErrors { code field details { ... on ExistingObjectDetails { existingId } ... on AllowedValuesDetails { allowed } ... on FieldRuleDetails { allowed } } } } }`,
    { input },
  );
  return { ...answer, payload: (answer.data?.[name] ?? null) as UserAnswer["payload"] };
}
