// A lesson for the projector: its question, each figure at full width, each verdict, each quiz question and each exercise
// (the task alone: no hint, no solution), one at a time.
// Arrow keys and page keys (a presenter's remote) turn the page, Escape leaves. Figures and verdicts are the page's own,
// moved there and back, so what answers to sliders still does.
(() => {
const article = document.querySelector("article.bd-article");
const line = document.querySelector(".lesson-line");

function headingOf(part) {
  const found = [...article.querySelectorAll("h2, h3")].filter((heading) => heading.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1);
  return found ? found.firstChild.textContent : "";
}

// title, and what is shown: a part of the page itself, or a copy of several
function slides() {
  const question = article.querySelector("section > blockquote");
  const found = [{ title: article.querySelector("h1").firstChild.textContent, copies: question ? [question] : [] }];
  article.querySelectorAll(".numbered, .verdict-box").forEach((part) => found.push({ title: headingOf(part), part }));
  let quiz = null;
  for (const part of article.querySelector("#check-yourself")?.children ?? []) {
    if (part.matches("p") && /^\d+\./.test(part.textContent)) found.push(quiz = { title: "Check yourself", copies: [part] });
    else if (quiz && part.matches("p, details, .highlight, div, ul, ol")) quiz.copies.push(part);
  }
  let task = null;
  for (const part of article.querySelector("#exercises")?.children ?? []) {
    const named = part.matches("p") && part.querySelector(":scope > strong:first-child")?.textContent.match(/^(Exercise|To investigate)/);
    if (named) found.push(task = { title: named[1] === "Exercise" ? "Exercises" : named[1], copies: [part] });
    else if (part.matches("details.help")) task = null; // what comes after the hints belongs to no exercise
    else if (task && part.matches("p, .task, .cell, ul, ol, blockquote, .math")) task.copies.push(part);
  }
  return found;
}

function open() {
  const all = slides();
  let at = 0, placeholder = null;
  const dialog = document.createElement("dialog");
  dialog.className = "projector";
  dialog.setAttribute("aria-label", "Projector");
  dialog.innerHTML = `<div class="bar"><h2 tabindex="-1"></h2><button data-step="-1" aria-label="Back">←</button>
    <output></output><button data-step="1" aria-label="Next">→</button><button data-step="0">Close</button></div><div class="slide"></div>`;
  const [heading, room, count] = ["h2", ".slide", "output"].map((name) => dialog.querySelector(name));

  function giveBack() {
    if (placeholder) placeholder.replaceWith(room.firstChild);
    placeholder = null;
    room.replaceChildren();
  }

  function turn(to) {
    giveBack();
    at = Math.max(0, Math.min(all.length - 1, to));
    const { title, part, copies } = all[at];
    heading.textContent = title;
    count.textContent = `${at + 1} of ${all.length}`;
    if (part) {
      placeholder = document.createElement("span");
      part.replaceWith(placeholder);
      room.append(part);
    } else room.append(...copies.map((one) => {
      const copy = one.cloneNode(true);
      copy.querySelectorAll("[id]").forEach((inside) => inside.removeAttribute("id"));
      return copy;
    }));
    room.scrollTop = 0;
    for (const size of part?.matches(".numbered") ? [1] : [1.6, 1.3, 1]) { // as large as there is room for
      room.style.setProperty("--letters", size);
      if (room.scrollHeight <= room.clientHeight) break;
    }
    dialog.querySelector("[data-step='-1']").disabled = at === 0;
    dialog.querySelector("[data-step='1']").disabled = at === all.length - 1;
    dispatchEvent(new Event("resize")); // what draws itself measures its room again
  }

  const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -1000, End: 1000 };
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") dialog.close(); // the theme takes the key else
    if (!(event.key in steps) || event.target.matches("input, select, textarea")) return;
    const scrolls = /Arrow(Up|Down)/.test(event.key) && room.scrollHeight > room.clientHeight;
    if (scrolls) return; // a slide higher than the screen
    event.preventDefault();
    turn(at + steps[event.key]);
    heading.focus();
  });
  dialog.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]")?.dataset.step;
    if (step === "0") dialog.close();
    else if (step) turn(at + Number(step));
  });
  dialog.addEventListener("close", () => {
    giveBack();
    dialog.remove();
    history.replaceState(null, "", location.pathname + location.search);
    line.querySelector(".projector-link").focus();
  });
  article.append(dialog);
  dialog.showModal();
  turn(0);
  heading.focus();
}

if (line && window.HTMLDialogElement) {
  const link = Object.assign(document.createElement("a"), { className: "projector-link", href: "#projector", textContent: "Projector" });
  line.append(link);
  link.addEventListener("click", (event) => { event.preventDefault(); open(); });
  if (location.hash === "#projector") addEventListener("load", open);
}
})();
