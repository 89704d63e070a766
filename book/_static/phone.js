// On a phone: code that is wider than the screen is folded until it is asked for; formulas, printed columns and tables are made
// to fit; and the contents open where the reader is.
addEventListener("load", () => {
  if (innerWidth <= 600) document.querySelectorAll(".bd-content :is(.cell_input, div[class*='highlight-'])").forEach((code) => {
    if (code.closest(".cell_output") || code.parentElement.closest(".cell_input")) return;
    // behind a closed tab it has no width yet; about 40 characters have room
    const wide = [...code.querySelectorAll("pre")].some((pre) =>
      pre.clientWidth ? pre.scrollWidth > pre.clientWidth : pre.textContent.split("\n").some((line) => line.length > 40));
    if (!wide || code.closest("details")) return;
    const fold = document.createElement("details");
    fold.className = "wide-code";
    const summary = document.createElement("summary");
    const words = code.textContent.trim().split("\n").find((line) => /\w{3}/.test(line) && !/^(from|import)\b/.test(line)) ?? "";
    summary.append("Code: ", Object.assign(document.createElement("code"), { textContent: words.trim() }));
    code.before(fold);
    fold.append(summary, code);
  });
  if (innerWidth <= 600) document.querySelectorAll(".bd-content div.cell_output pre").forEach(fitColumns);
  if (innerWidth <= 600) document.querySelectorAll(".bd-content table:not(#ledger, #replication, #glossary, .guide, .indextable, #explorer table)").forEach(asCards);
  // a formula wider than the screen gets smaller, down to letters of 9 px; what is wider still scrolls inside itself
  if (innerWidth <= 600) window.MathJax?.startup?.promise?.then(() => document.querySelectorAll("mjx-container[display]").forEach((formula) => {
    const share = formula.clientWidth / formula.scrollWidth;
    if (share < 1) formula.style.fontSize = `${Math.max(9, 0.98 * share * parseFloat(getComputedStyle(formula).fontSize))}px`;
  }));
  // the theme moves the focus to the drawer's first link a moment after it opens
  const here = document.querySelector(".bd-sidebar-primary li.current > a.current");
  document.querySelector(".primary-toggle")?.addEventListener("click", () => setTimeout(() => {
    if (!here || innerWidth >= 992 || !document.getElementById("pst-primary-sidebar-checkbox").checked) return;
    here.focus({ preventScroll: true });
    here.scrollIntoView({ block: "center" });
  }, 150));
});

// printed columns keep their lines where letters of 9 px and more have room; else their lines wrap
function fitColumns(pre) {
  if (!pre.textContent.split("\n").some((line) => /\S {2,}\S/.test(line))) return;
  pre.classList.add("fits");
  const style = getComputedStyle(pre);
  const space = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  const share = (pre.clientWidth - space) / (pre.scrollWidth - space);
  const size = Math.floor(10 * share * parseFloat(style.fontSize)) / 10;
  if (share < 1 && size >= 9) pre.style.fontSize = `${size}px`;
  if (pre.scrollWidth > pre.clientWidth) {
    pre.style.fontSize = "";
    pre.classList.remove("fits");
  }
}

// words of a table stay whole; where the table is too wide for that, each row becomes a card
function asCards(table) {
  const cells = [...table.querySelectorAll("th, td")];
  if (!table.clientWidth) return; // behind a closed fold or tab
  table.classList.add("whole-words");
  if (table.scrollWidth <= table.clientWidth + 1) return;
  table.classList.remove("whole-words");
  const heads = [...table.querySelectorAll("thead tr:last-child > *")].map((head) => head.textContent.trim());
  table.querySelectorAll("tbody tr").forEach((row) => [...row.children].forEach((cell, i) => {
    const words = cell.textContent.trim();
    if (heads[i] && words && (i || /^[\d.]+$/.test(words))) cell.dataset.column = heads[i];
  }));
  table.classList.add("as-cards");
  table.classList.toggle("long", cells.some((cell) => cell.tagName === "TD" && cell.textContent.length > 30));
}
