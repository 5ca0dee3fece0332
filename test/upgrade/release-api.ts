/** What a server answered; the shapes are those of the documents that were sent. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is the document's
export type Data = any;

/** A release's API over HTTP, as callers of that time used it. */
export interface ReleaseApi {
  /** Asks as one of the demo's people, or with an API key; throws when the answer has an error. */
  ask(person: string, document: string, variables?: object): Promise<Data>;
  /** Does a mutation with one input, gives its payload, and throws when it was refused. */
  mutate(person: string, field: string, input: object, selection: string): Promise<Data>;
  /** The same, for one that must be refused with this code. */
  refused(person: string, field: string, input: object, code: string): Promise<void>;
}

/** Speaks to the server at a URL. `tokenOf` gives the token of a person; an API key stands for itself. */
export function releaseApi(url: string, tokenOf: (person: string) => Promise<string>): ReleaseApi {
  const post = async (person: string, query: string, variables: object): Promise<Data> => {
    const token = person.startsWith("pgk_") ? person : await tokenOf(person);
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query, variables });
    return (await fetch(`${url}/graphql`, { method: "POST", headers, body })).json();
  };
  const ask = async (person: string, document: string, variables: object = {}): Promise<Data> => {
    const answer = await post(person, document, variables);
    if (answer.errors) throw new Error(`${person}: ${document}\n${JSON.stringify(answer)}`);
    return answer.data;
  };
  const change = async (person: string, field: string, input: object, selection: string): Promise<Data> =>
    (await ask(person, mutationOf(field, selection), { input }))[field];
  return {
    ask,
    mutate: async (person, field, input, selection) => {
      const payload = await change(person, field, input, selection);
      if (payload.userErrors.length > 0)
        throw new Error(`${person}: ${field} was refused: ${JSON.stringify(payload.userErrors)}`);
      return payload;
    },
    refused: async (person, field, input, code) => {
      const { userErrors } = await change(person, field, input, "");
      if (userErrors[0]?.code !== code)
        throw new Error(`${field}: not ${code} but ${JSON.stringify(userErrors)}`);
    },
  };
}

/** The document of a mutation with one input. */
export function mutationOf(field: string, selection: string): string {
  const input = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  return `mutation ($input: ${input}!) { ${field}(input: $input) { ${selection} userErrors { code field message } } }`;
}
