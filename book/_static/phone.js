// On a phone: code that is wider than the screen is folded until it is asked for, formulas are made to fit, and the contents
// open where the reader is.
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
    const words = code.textContent.trim().split("\n").find((line) => !/^(from|import|\s*$)/.test(line)) ?? "";
    summary.append("Code: ", Object.assign(document.createElement("code"), { textContent: words.trim() }));
    code.before(fold);
    fold.append(summary, code);
  });
  // a formula wider than the screen gets smaller, down to three fifths; what is wider still scrolls inside itself
  if (innerWidth <= 600) window.MathJax?.startup?.promise?.then(() => document.querySelectorAll("mjx-container[display]").forEach((formula) => {
    const share = formula.clientWidth / formula.scrollWidth;
    if (share < 1) formula.style.fontSize = `${Math.max(0.6, 0.98 * share) * parseFloat(getComputedStyle(formula).fontSize)}px`;
  }));
  // the theme moves the focus to the drawer's first link a moment after it opens
  const here = document.querySelector(".bd-sidebar-primary li.current > a.current");
  document.querySelector(".primary-toggle")?.addEventListener("click", () => setTimeout(() => {
    if (!here || innerWidth >= 992 || !document.getElementById("pst-primary-sidebar-checkbox").checked) return;
    here.focus({ preventScroll: true });
    here.scrollIntoView({ block: "center" });
  }, 150));
});
