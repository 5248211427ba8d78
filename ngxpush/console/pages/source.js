// The files beside what is said of them: where the window is wide they have a pane of their own, which moves in place of the page.
// It begins with the line that it is about (data-shows).
"use strict";

const pane = document.querySelector(".source");

function lineOf(hash) {
  const line = document.getElementById(hash.slice(1));
  return line !== null && pane.contains(line) && getComputedStyle(pane).overflowY === "auto" ? line : null;
}

function move(line) {
  line.closest("details").open = true;
  pane.scrollTop += line.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]'), line = link && lineOf(link.hash);
  if (!line || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const top = scrollY;
  location.hash = link.hash;
  move(line);
  // A browser moves the page at once, or before the next frame.
  scrollTo(0, top);
  requestAnimationFrame(() => scrollTo(0, top));
});

// After the browser has moved the page to a line that its address names.
addEventListener("load", () => {
  const named = lineOf(location.hash), line = named ?? lineOf("#" + pane.dataset.shows);
  if (named !== null) scrollTo(0, 0);
  if (line !== null) move(line);
});
