// On a phone: code that is wider than the screen is folded until it is asked for, and the contents open where the reader is.
addEventListener("load", () => {
  if (innerWidth <= 600) document.querySelectorAll(".bd-content .cell_input").forEach((code) => {
    const wide = [...code.querySelectorAll("pre")].some((pre) => pre.scrollWidth > pre.clientWidth);
    if (!wide || code.closest("details")) return;
    const fold = document.createElement("details");
    fold.className = "wide-code";
    const summary = document.createElement("summary");
    const words = code.innerText.trim().split("\n").find((line) => !/^(from|import|\s*$)/.test(line)) ?? "";
    summary.append("Code: ", Object.assign(document.createElement("code"), { textContent: words.trim() }));
    code.before(fold);
    fold.append(summary, code);
  });
  // the theme moves the focus to the drawer's first link a moment after it opens
  const here = document.querySelector(".bd-sidebar-primary li.current > a.current");
  document.querySelector(".primary-toggle")?.addEventListener("click", () => setTimeout(() => {
    if (!here || innerWidth >= 992 || !document.getElementById("pst-primary-sidebar-checkbox").checked) return;
    here.focus({ preventScroll: true });
    here.scrollIntoView({ block: "center" });
  }, 150));
});
