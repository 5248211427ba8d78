// Parts of the page are replaced by what the server sends (console/live.py): an element with data-part="NAME" gets the last event
// NAME, one with data-feed="NAME" gets each of them at its top. What comes is HTML that the server has escaped.
// A filter (data-filter="ADDRESS OF EVENTS") and links that order (data-order) change what comes, without a new page.
"use strict";

const FEED_ROWS = 200;
let source = null;

function connect(address) {
  source?.close();
  source = new EventSource(address);
  const shown = document.querySelector("[data-connection]");
  const say = (text) => { shown.textContent = text; shown.classList.toggle("lost", text !== "live"); };
  source.onopen = () => say("live");
  source.onerror = () => say("not connected");
  for (const part of document.querySelectorAll("[data-part]"))
    source.addEventListener(part.dataset.part, (event) => replace(part, event.data));
  for (const feed of document.querySelectorAll("[data-feed]"))
    source.addEventListener(feed.dataset.feed, (event) => add(feed, event.data));
}

// Who moves through the page by the keyboard stays at the same link.
function replace(part, html) {
  const link = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.innerHTML = html;
  if (link !== null) part.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus({preventScroll: true});
}

function add(feed, html) {
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
  connect(form.dataset.filter + "?" + query);
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

connect(document.body.dataset.live);
