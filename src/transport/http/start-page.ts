import type { FastifyInstance } from "fastify";

/** The endpoints that people look for, and what each is. */
const ENDPOINTS: [path: string, what: string][] = [
  ["/graphql", "the API: POST JSON with a query, or open a WebSocket (graphql-transport-ws)"],
  ["/graphql/stream", "live events as server-sent events"],
  ["/activity-log.csv", "the activity log as a file"],
  ["/healthz", "whether the process lives"],
  ["/readyz", "whether it can do its work"],
];

const EXPLORER: [path: string, what: string] = ["/explorer", "GraphiQL, to try the API in a browser"];

/** Serves `/`, where somebody arrives who knows only the host: a page that leads to the endpoints and to the documentation. */
export function registerStartPage(fastify: FastifyInstance, { explorer }: { explorer: boolean }): void {
  const listed = [...(explorer ? [EXPLORER] : []), ...ENDPOINTS].map(
    ([path, what]) => `<li><a href="${path}">${path}</a>: ${what}</li>`,
  );
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Partnergraph</title>
<h1>Partnergraph</h1>
<ul>
${listed.join("\n")}
</ul>
<p>The documentation is in the folder of the program: README.md, docs/ and schema/schema.graphql.</p>
</html>
`;
  fastify.get("/", (_request, reply) =>
    reply.header("cache-control", "no-cache").type("text/html; charset=utf-8").send(page),
  );
}
