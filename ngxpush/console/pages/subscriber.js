// "Open a subscriber here": what comes is carried through by the console (console/carrying.py), each piece as [kind, text].
"use strict";

const SUBSCRIBER_ROWS = 200;

function subscribe(element) {
  const button = element.querySelector("button"), state = element.querySelector("output"), list = element.querySelector("ol");
  const socket = new WebSocket(element.dataset.subscriber);
  const say = (text, failed) => { state.textContent = text; state.classList.toggle("failed", failed); };
  button.textContent = "Close it";
  list.replaceChildren();
  say("connecting", false);
  let ended = "It can't be opened; load this page anew.", failed = true;
  socket.onopen = () => { ended = "closed"; failed = false; };
  socket.onmessage = (event) => {
    const [kind, text] = JSON.parse(event.data);
    if (kind === "end") ended = text;
    else say("open", false);
    const row = document.createElement("li"), time = document.createElement("time"), what = document.createElement("pre");
    time.textContent = new Date().toLocaleTimeString("en-GB");
    what.textContent = text;
    row.className = kind;
    row.append(time, what);
    list.prepend(row);
    while (list.children.length > SUBSCRIBER_ROWS) list.lastElementChild.remove();
  };
  socket.onclose = () => {
    say(ended, failed);
    button.textContent = "Open a subscriber here";
    button.onclick = () => subscribe(element);
  };
  button.onclick = () => socket.close();
}

for (const element of document.querySelectorAll("[data-subscriber]"))
  element.querySelector("button").onclick = () => subscribe(element);
