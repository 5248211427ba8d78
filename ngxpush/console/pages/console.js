// Parts of the page are replaced by what the server sends (console/live.py): an element with data-part="NAME" gets the last event
// NAME, one with data-feed="NAME" gets each of them at its top. What comes is HTML that the server has escaped.
// A filter (data-filter="ADDRESS OF EVENTS") and links that order (data-order) change what comes, without a new page.
"use strict";

const FEED_ROWS = 200;
const AGAIN = 3000;
const shown = document.querySelector("[data-connection]");
let source = null, address = document.body.dataset.live;

function connect() {
  source?.close();
  const own = source = new EventSource(address);
  own.onopen = () => say("live");
  own.onerror = () => {
    say("not connected");
    // A browser tries again by itself, but not after an answer that is no stream.
    if (own.readyState === EventSource.CLOSED) setTimeout(() => { if (own === source) connect(); }, AGAIN);
  };
  own.addEventListener("served", (event) => compare(event.data));
  for (const part of document.querySelectorAll("[data-part]"))
    own.addEventListener(part.dataset.part, (event) => replace(part, event.data));
  for (const feed of document.querySelectorAll("[data-feed]"))
    own.addEventListener(feed.dataset.feed, (event) => add(feed, event.data));
}

function say(text) {
  if (shown.textContent !== text) shown.textContent = text;
  shown.classList.toggle("lost", text === "not connected");
}

// A browser opens six connections to one address, so tabs that no one sees do without theirs: what they show comes whole when
// they are seen again. Only what passes would be missed (a feed that is no part).
const misses = document.querySelector("[data-feed]:not([data-part])") !== null;
function look() {
  if (misses || !document.hidden) return connect();
  source?.close();
  source = null;
  say("not connected");
}

// The page is made of a configuration, or of a server, that is no longer there.
function compare(served) {
  const {served: own, anew} = document.body.dataset;
  if (served === own) return;
  if (anew === "load") location.reload();
  else if (anew === "say") document.querySelector("[data-changed]").hidden = false;
}

// Who presses a link or marks text is not disturbed: steps that change a part wait for the end of that.
const held = new Map();
let pressed = null;

function isInUse(part) {
  const marked = getSelection();
  return part.contains(pressed) || (!marked.isCollapsed && marked.containsNode(part, true));
}

function release() {
  for (const [part, steps] of held) {
    if (isInUse(part)) continue;
    held.delete(part);
    for (const step of steps) step();
  }
  if (source?.readyState === EventSource.OPEN) say(held.size && !pressed ? "waits while text is marked" : "live");
}

function replace(part, html) {
  held.set(part, [() => put(part, html)]);
  release();
}

function add(feed, html) {
  if (held.has(feed)) held.get(feed).push(() => prepend(feed, html));
  else prepend(feed, html);
}

// Who moves by the keyboard stays at the same link or table, and who has moved a table aside sees the same columns.
function put(part, html) {
  const link = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const place = [...part.querySelectorAll("[tabindex]")].indexOf(document.activeElement);
  const aside = [...part.querySelectorAll(".scroll")].map((each) => each.scrollLeft);
  part.innerHTML = html;
  if (link !== null) part.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus({preventScroll: true});
  part.querySelectorAll("[tabindex]")[place]?.focus({preventScroll: true});
  part.querySelectorAll(".scroll").forEach((each, number) => { each.scrollLeft = aside[number] ?? 0; });
}

function prepend(feed, html) {
  const coming = document.createElement("template");
  coming.innerHTML = html;
  const body = feed.querySelector("tbody");
  if (body === null) {
    feed.append(coming.content);
    return;
  }
  body.prepend(...coming.content.querySelectorAll("tbody > tr"));
  const most = feed.dataset.most ?? FEED_ROWS;
  while (body.rows.length > most) body.lastElementChild.remove();
}

function filter(form) {
  const query = new URLSearchParams(new FormData(form));
  history.replaceState(null, "", form.getAttribute("action") + "?" + query);
  address = form.dataset.filter + "?" + query;
  connect();
}

async function send(form) {
  if (form.dataset.sure && !confirm(form.dataset.sure)) return;
  const said = form.querySelector("output");
  try {
    const answer = await fetch(form.action, {method: "POST", body: new URLSearchParams(new FormData(form)), headers: {Accept: "text/plain"}});
    said.textContent = await answer.text();
    said.classList.toggle("failed", !answer.ok);
    if (answer.ok) form.querySelector("textarea")?.select();
  } catch {
    said.textContent = "not connected";
    said.classList.add("failed");
  }
}

for (const form of document.querySelectorAll("form[data-filter]")) {
  let timer = 0;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 200, form); });
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(form); });
}
for (const form of document.querySelectorAll("form[data-post]"))
  form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-order]"), form = document.querySelector("form[data-filter]");
  if (!link || !form || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  form.elements.order.value = link.dataset.order;
  filter(form);
});

// The click comes after the end of the press.
const letGo = () => setTimeout(() => { pressed = null; release(); });
document.addEventListener("pointerdown", (event) => { pressed = event.target; });
for (const end of ["pointerup", "pointercancel", "dragend"]) document.addEventListener(end, letGo);
document.addEventListener("selectionchange", release);
document.addEventListener("visibilitychange", () => { if (!misses) look(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });

look();
