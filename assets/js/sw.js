// Answers for the server with what a person kept of a meeting's papers, and with nothing else: the
// page that lists them when there is no line, the papers themselves, and the styles they need.
const PAGE = /^\/meetings\/(\d+)\/offline$/;
const GONE = [401, 403, 404];
const FILE = /^\/meetings\/\d+\/pack\/files\/[0-9a-f]{64}$/;
/** Milliseconds a page may take before the kept one is shown: a line can be there and carry nothing. */
const PATIENCE = 6000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // A piece of a paper is on its way into the cache: the server alone has it.
  if (request.method !== "GET" || origin !== self.location.origin || request.headers.has("range")) return;
  if (PAGE.test(pathname) && request.mode === "navigate") event.respondWith(newest(request));
  else if (FILE.test(pathname) || pathname.startsWith("/static/")) event.respondWith(keptFirst(request));
});

async function kept(request) {
  for (const name of await caches.keys()) {
    if (!name.startsWith("pack:")) continue;
    const found = await (await caches.open(name)).match(request, { ignoreVary: true });
    if (found) return found;
  }
  return null;
}

async function keptFirst(request) {
  return (await kept(request)) ?? fetch(request);
}

async function newest(request) {
  const copy = await kept(request);
  if (!copy) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, copy));
  return Promise.race([asked(request).catch(() => copy), late]);
}

// Who may not see the meeting any more keeps nothing of it.
async function asked(request) {
  const answer = await fetch(request);
  if (!GONE.includes(answer.status)) return answer;
  const [, meeting] = PAGE.exec(new URL(request.url).pathname);
  for (const name of await caches.keys()) {
    if (name.startsWith("pack:") && name.endsWith(`:${meeting}`)) await caches.delete(name);
  }
  return answer;
}
