// The service worker: keeps the shell (styles, scripts, icons, one page for when there is no line).
// Nothing that a person wrote or reads is ever kept here. Built with the digest and names of what it keeps.
declare const VERSION: string;
declare const SHELL: string[];

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetched extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  addEventListener(type: "install" | "activate", act: (event: Extendable) => void): void;
  addEventListener(type: "fetch", act: (event: Fetched) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
}

const scope = self as unknown as Scope;
const NAME = `linli-${VERSION}`;
const OFFLINE = "/offline/";
const BUILT = "/static/build/";

/** The page for when there is no line is asked for without cookies: as anybody would see it. */
async function keepShell(): Promise<void> {
  const store = await caches.open(NAME);
  const wanted = SHELL.map((name) => new Request(`${BUILT}${name}?v=${VERSION}`, { cache: "reload" }));
  await store.addAll([...wanted, new Request(OFFLINE, { cache: "reload", credentials: "omit" })]);
  await scope.skipWaiting();
}

async function dropOld(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("linli-") && name !== NAME).map((name) => caches.delete(name)));
  await scope.clients.claim();
}

async function built(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

scope.addEventListener("install", (event) => event.waitUntil(keepShell()));
scope.addEventListener("activate", (event) => event.waitUntil(dropOld()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== scope.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (address.pathname.startsWith(BUILT) && address.search === `?v=${VERSION}`) event.respondWith(built(request));
});

export {};
