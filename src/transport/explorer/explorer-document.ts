import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** One tab a visitor finds open: an operation, its variables as JSON text, and the headers as JSON text it is sent with. */
export interface ExplorerTab {
  query: string;
  variables?: string;
  headers?: string;
}

/** Where the explorer is served, which API it talks to, what it is called, and the tabs it opens with. */
export interface ExplorerOptions {
  path: "/explorer";
  endpoint: "/graphql";
  title: string;
  tabs: ExplorerTab[];
}

/** A self-contained HTML page, and the CSP source expression that allows its only script and no other. */
export interface ExplorerDocument {
  html: string;
  scriptSource: string;
}

/** Renders the explorer: GraphiQL, its workers, styles and fonts in one page that needs nothing from anywhere else. */
export async function renderExplorerDocument(options: ExplorerOptions): Promise<ExplorerDocument> {
  // 9 MB of source text: loaded here so that a server start does not pay for it.
  const graphiql = await import("@graphql-yoga/render-graphiql/graphiql");
  const workers = {
    editorWorkerService: graphiql.editorWorkerService,
    json: graphiql.jsonWorker,
    graphql: graphiql.graphqlWorker,
  };
  const title = escapeHtml(options.title);
  const settings = { endpoint: options.endpoint, title, tabs: tabsOf(options) };
  const script = [
    START_WORKERS,
    `startWorkers(${toScriptLiteral(workers)})`,
    graphiql.js,
    await readFile(graphqlWsBrowserBuild(), "utf8"),
    SEND_OPERATIONS,
    PREPARE_TABS,
    START_EXPLORER,
    `startExplorer(${toScriptLiteral(settings)})`,
  ].join(";\n");
  return {
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${graphiql.css}
${STEADY_TABS}</style>
</head>
<body>
<noscript>The explorer needs JavaScript.</noscript>
<div id="root"></div>
<script>${script}</script>
</body>
</html>
`,
    scriptSource: `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  };
}

// GraphiQL breaks on an empty list of default tabs.
function tabsOf({ tabs }: ExplorerOptions): ExplorerTab[] {
  return tabs.length > 0 ? tabs : [{ query: "" }];
}

// The package exports no name for its browser build, but always ships it.
function graphqlWsBrowserBuild(): string {
  return join(dirname(require.resolve("graphql-ws/package.json")), "umd", "graphql-ws.min.js");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

// Inside a script element only "<" can end the script early.
function toScriptLiteral(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}

// Otherwise a tab jumps away under the pointer the first time it is pressed, and the click is lost.
const STEADY_TABS = ".graphiql-tab { transform: none !important }";

// The rest runs in the browser. Workers come from blobs, so that they need no route of their own.
const START_WORKERS = `
function startWorkers(sources) {
  const urls = {};
  for (const [label, source] of Object.entries(sources)) {
    urls[label] = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  }
  self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (module, label) => urls[label] };
}`;

// Ours, because the package's own way opens the WebSocket without the headers that were typed in the headers editor.
const SEND_OPERATIONS = `
const parse = (text) => { try { return JSON.parse(text); } catch { return null; } };
const failure = (message) => ({ errors: [{ message }] });

async function sendOverHttp(url, operation, typedHeaders) {
  const headers = new Headers({
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
  });
  try {
    for (const [name, value] of Object.entries(typedHeaders)) headers.set(name, value);
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(operation) });
    const text = await response.text();
    return parse(text) ?? failure('HTTP ' + response.status + ': ' + text.slice(0, 2000));
  } catch (error) {
    return failure('The request failed: ' + error.message);
  }
}

// A connection for each subscription: the headers of the tab it was started from are its connection_init payload.
// It is not tried again when it is cut off: the visitor must see that events may have been missed.
function sendOverWebSocket(url, operation, typedHeaders) {
  const client = graphqlWs.createClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: typedHeaders,
    retryAttempts: 0,
  });
  const explain = ({ code, reason, message }) =>
    code ? 'The connection was closed: ' + code + ' ' + reason : 'The connection failed: ' + message;
  return {
    subscribe(sink) {
      const error = (reason) => sink.error(Array.isArray(reason) ? reason : failure(explain(reason)).errors);
      return { unsubscribe: client.subscribe(operation, { ...sink, error }) };
    },
  };
}

function isSubscription(document, operationName) {
  return (document?.definitions ?? []).some(
    ({ operation, name }) => operation === 'subscription' && (!operationName || name?.value === operationName),
  );
}`;

// Session storage: a reload keeps the visitor's tabs, a new window starts with ours, no token outlives the window.
// After a server restart a tab whose headers were not edited gets the new ones, because its token may be dead. The
// editors are filled here because GraphiQL shows the first tab without its variables and headers (graphiql#3392).
const PREPARE_TABS = `
function prepareTabs(storage, tabs) {
  const read = (key) => parse(storage.getItem(key));
  const shape = (list) => JSON.stringify(list?.map(({ query, variables }) => [query, variables]));
  const offered = read('explorer:tabs');
  const saved = shape(offered) === shape(tabs) ? read('graphiql:tabState') : null;
  for (const tab of saved?.tabs ?? []) {
    const index = tab.headers ? offered.findIndex(({ headers }) => headers === tab.headers) : -1;
    if (index >= 0) tab.headers = tabs[index].headers ?? null;
  }
  const active = saved?.tabs[saved.activeTabIndex] ?? tabs[0];
  storage.setItem('explorer:tabs', JSON.stringify(tabs));
  storage.setItem('graphiql:tabState', JSON.stringify(saved));
  for (const part of ['query', 'variables', 'headers']) storage.setItem('graphiql:' + part, active[part] ?? '');
  return storage;
}`;

const START_EXPLORER = `
function startExplorer({ endpoint, title, tabs }) {
  const url = new URL(endpoint, location.href).href;
  YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
    title,
    logo: '',
    fetcher: ({ query, variables, operationName }, { headers = {}, documentAST } = {}) => {
      const send = isSubscription(documentAST, operationName) ? sendOverWebSocket : sendOverHttp;
      return send(url, { query, variables, operationName }, headers);
    },
    storage: prepareTabs(sessionStorage, tabs),
    defaultTabs: tabs,
    defaultEditorToolsVisibility: 'variables',
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: true,
    showPersistHeadersSettings: false,
    // Otherwise every edit is written to the address bar, and from there to access logs.
    onEditQuery: () => {},
  });
}`;
