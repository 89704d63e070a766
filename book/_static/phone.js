// On a phone: code that is wider than the screen is folded until it is asked for; formulas, printed lines and tables are made
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
  if (innerWidth <= 600) document.querySelectorAll(".bd-content div.cell_output pre").forEach(fitLines);
  if (innerWidth <= 600) document.querySelectorAll(".bd-content table:not(#ledger, #replication, #glossary, .guide, .indextable, #explorer table)").forEach(asCards);
  window.MathJax?.startup?.promise?.then(fitFormulas);  // on a card a column can be narrow too
  // the theme moves the focus to the drawer's first link a moment after it opens
  const here = document.querySelector(".bd-sidebar-primary li.current > a.current");
  document.querySelector(".primary-toggle")?.addEventListener("click", () => setTimeout(() => {
    if (!here || innerWidth >= 992 || !document.getElementById("pst-primary-sidebar-checkbox").checked) return;
    here.focus({ preventScroll: true });
    here.scrollIntoView({ block: "center" });
  }, 150));
});

// A formula wider than its place stands on several lines, one for each of its parts; what is wider still gets smaller, down to
// letters of 9 px, and then scrolls inside itself.
async function fitFormulas() {
  const wide = () => [...document.querySelectorAll("mjx-container[display]")].filter((one) => one.scrollWidth > one.clientWidth);
  for (const formula of wide()) {
    const [item] = MathJax.startup.document.getMathItemsWithin(formula);
    const place = formula.closest("div.math");
    if (!place || !item?.math.includes("\\qquad") || /\\\\|&/.test(item.math)) continue;
    MathJax.typesetClear([place]);
    place.textContent = `\\[\\begin{gathered} ${item.math.split(/\\qquad/).join(" \\\\ ")} \\end{gathered}\\]`;
    await MathJax.typesetPromise([place]);
  }
  for (const formula of wide()) {
    const share = formula.clientWidth / formula.scrollWidth;
    formula.style.fontSize = `${Math.max(9, 0.98 * share * parseFloat(getComputedStyle(formula).fontSize))}px`;
  }
}

// Lines that are printed keep their columns where letters of 7.5 px and more have room: blanks between columns go first, then the
// size of the letters. Other lines wrap, and what goes on is indented.
function fitLines(pre) {
  const lines = pre.textContent.replace(/\n$/, "").split("\n");
  if (lines.length < 2 || pre.querySelector(":scope > :not(span:empty)")) return;
  const style = getComputedStyle(pre);
  const size = parseFloat(style.fontSize);
  const probe = Object.assign(document.createElement("span"), { textContent: "0".repeat(100), style: "position: absolute; white-space: pre" });
  pre.append(probe);
  const letter = probe.getBoundingClientRect().width / 100 / size;
  probe.remove();
  const room = pre.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 1;
  if (!(letter && room > 0)) return; // behind a closed fold or tab
  const most = (letters) => Math.floor(room / letter / letters); // of so many px
  const fits = (block, letters) => Math.max(...block.map((line) => line.length)) <= most(letters);
  const shown = [];
  let least = size;
  const show = (block) => {
    const way = [[block, size], [block, 9], [squeezed(block, 2), 9], [squeezed(block, 1), 9], [squeezed(block, 1), 7.5]].find(([made, letters]) => fits(made, letters));
    if (!way) return shown.push(...block.map((line) => ["wrapped", line.replace(/(\S) {3,}/g, "$1  ")]));
    const longest = Math.max(...way[0].map((line) => line.length));
    least = Math.min(least, Math.floor((10 * room) / letter / longest) / 10);
    return shown.push(...way[0].map((line) => ["kept", line]));
  };
  // lines in columns that stand together: all of them, or without their head, or as many as fit
  const rows = [];
  const close = () => {
    const all = rows.splice(0);
    const fit = (block) => fits(squeezed(block, 1), 7.5);
    if (all.length > 1 && !fit(all) && fit(all.slice(1))) show([all.shift()]);
    while (all.length) {
      let count = fit(all) ? all.length : 1;
      while (count < all.length && fit(all.slice(0, count + 1))) count += 1;
      show(all.splice(0, count));
    }
  };
  for (const line of lines) {
    if (/\S {2,}\S|^ {4,}\S/.test(line)) rows.push(line);
    else {
      close();
      shown.push(["wrapped", line]);
    }
  }
  close();
  pre.style.fontSize = `${least}px`;
  pre.replaceChildren(...shown.map(([name, line]) => Object.assign(document.createElement("span"), { className: name, textContent: line || "\n" })));
}

// lines whose common blanks are no wider than a gap
function squeezed(lines, gap) {
  const places = [];
  let blanks = 0;
  for (let i = 0; i < Math.max(...lines.map((line) => line.length)); i++) {
    blanks = lines.every((line) => (line[i] ?? " ") === " ") ? blanks + 1 : 0;
    if (blanks <= gap) places.push(i);
  }
  return lines.map((line) => places.map((i) => line[i] ?? " ").join("").trimEnd());
}

// words of a table stay whole; where the table is too wide for that, each row becomes a card
function asCards(table) {
  if (!table.clientWidth) return; // behind a closed fold or tab
  const rows = [...table.querySelectorAll("tbody tr")];
  table.classList.toggle("short-first", rows.every((row) => row.firstElementChild.textContent.trim().length < 6));
  table.classList.add("whole-words");
  // sentences in narrow columns are read no better than broken words
  const crowded = rows.some((row) => row.children.length > 3 && [...row.children].some((cell) => cell.textContent.trim().length > 40));
  if (table.scrollWidth <= table.clientWidth + 1 && !crowded) return;
  table.classList.remove("whole-words");
  const heads = [...table.querySelectorAll("thead tr:last-child > *")];
  rows.forEach((row) => [...row.children].forEach((cell, i) => {
    const words = cell.textContent.trim();
    const head = heads[i]?.textContent.trim();
    if (!words) cell.classList.add("empty");
    if (!head || !words || !(i || /^[\d.]+$/.test(words))) return;
    if (!heads[i].querySelector(".math")) cell.dataset.column = head;
    else { // a formula is no text
      const name = document.createElement("span");
      name.className = "column";
      name.append(...heads[i].cloneNode(true).childNodes, ": ");
      name.querySelectorAll("noscript").forEach((one) => one.remove());
      cell.prepend(name);
    }
  }));
  table.classList.add("as-cards");
  const long = rows.filter((row) => [...row.children].some((cell, i) => i && cell.textContent.length > 30));
  table.classList.toggle("long", 4 * long.length > rows.length);
}
