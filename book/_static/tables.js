// A table wider than the page scrolls inside itself, and so does a printed one, which would lose its columns if its
// lines wrapped like a printed sentence; with a tab stop, the arrow keys scroll them too.
const columns = (text) => {
  const lines = text.split("\n");
  return lines.filter(line => /\S {2,}\S/.test(line)).length > 1 && lines.every(line => line.length <= 100);
};
const stops = () => document.querySelectorAll(".bd-content table, .bd-content pre.columns").forEach(part => {
  if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  else part.removeAttribute("tabindex");
});
addEventListener("load", () => {
  document.querySelectorAll(".bd-content div.cell_output pre").forEach(pre => pre.classList.toggle("columns", columns(pre.textContent)));
  stops();
});
addEventListener("resize", stops);
// MathJax makes each formula a stop, for its menu: a page would have dozens. Those within a line are none; the menu opens by a click.
addEventListener("load", () => window.MathJax?.startup?.promise?.then(() =>
  document.querySelectorAll("mjx-container:not([display])").forEach((formula) => { formula.tabIndex = -1; })));
