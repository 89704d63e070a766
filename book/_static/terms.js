// A term's meaning as a card beside it, on hover and focus; a finger's first tap shows it, the second follows the link.
// Escape puts it away. What the card says stands in the page, hidden, where screen readers find it too.
(() => {
const terms = document.querySelectorAll("a.term");
const card = document.createElement("div");
card.className = "term-card";
card.setAttribute("role", "tooltip");
card.hidden = true;
document.querySelector(".bd-article")?.append(card);
let shown = null, waiting = 0;

const meaning = (term) => document.getElementById(term.hash.replace("#term-", "card-"));

function put(term) {
  clearTimeout(waiting);
  if (!meaning(term)) return;
  shown = term;
  card.innerHTML = meaning(term).innerHTML;
  card.hidden = false;
  const [at, room] = [term.getClientRects()[0], document.documentElement.clientWidth];
  const around = card.offsetParent.getBoundingClientRect();
  const [width, height] = [card.offsetWidth, card.offsetHeight];
  const left = Math.max(8, Math.min(at.left, room - width - 8));
  const below = at.bottom + height + 8 < innerHeight || at.top < height + 80;
  card.style.left = `${left - around.left}px`;
  card.style.top = `${(below ? at.bottom : at.top - height) - around.top}px`;
}

function away() {
  clearTimeout(waiting);
  card.hidden = true;
  shown = null;
}

// so long that a pointer can go from the term to its card
const soon = () => { clearTimeout(waiting); waiting = setTimeout(away, 200); };

terms.forEach((term) => {
  if (meaning(term)) term.setAttribute("aria-describedby", meaning(term).id);
  let touched = false;
  term.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch" && shown !== term; });
  term.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && put(term));
  term.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && soon());
  term.addEventListener("focus", () => put(term));
  term.addEventListener("blur", soon);
  term.addEventListener("click", (event) => {
    if (touched) { event.preventDefault(); put(term); }
    touched = false;
  });
});
card.addEventListener("pointerenter", () => clearTimeout(waiting));
card.addEventListener("pointerleave", soon);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && shown) away(); });
document.addEventListener("pointerdown", (event) => {
  if (shown && !card.contains(event.target) && !event.target.closest("a.term")) away();
});
})();
