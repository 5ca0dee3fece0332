import { prefixOfId } from "../../src/values/ids";

/** The prefixes of ids, which clients know: told once more than in the entities, so that none of them changes unnoticed. */
export const idPrefixes = {
  partner: "part",
  partnership: "pship",
  user: "user",
  customer: "cust",
  invitation: "inv",
  receivedInvitation: "rinv",
  relationship: "rel",
  offer: "offer",
  subscription: "sub",
  event: "evt",
  apiKey: "key",
  activity: "act",
  webhookEndpoint: "whe",
  webhookDelivery: "whd",
} as const;

/** A kind of object that has ids of its own. */
export type IdKind = keyof typeof idPrefixes;

/** The kind that a well-formed id says it is; nothing for a malformed one. */
export function kindOfId(id: string): IdKind | undefined {
  const prefix = prefixOfId(id);
  return (Object.keys(idPrefixes) as IdKind[]).find((kind) => idPrefixes[kind] === prefix);
}
