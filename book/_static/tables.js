// A table wider than the page scrolls inside itself; with a tab stop, the arrow keys scroll it too.
const stops = () => document.querySelectorAll(".bd-content table").forEach(table => {
  if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
  else table.removeAttribute("tabindex");
});
addEventListener("load", stops);
addEventListener("resize", stops);
