// Filter and sort the claim ledger. The address keeps the choice, so that it can be sent to somebody.
const form = document.querySelector("#ledger-choice");
const table = document.querySelector("#ledger");
const rows = [...table.tBodies[0].rows];
const chosen = new URLSearchParams(location.hash.slice(1));

function filter() {
  const choices = [...form.elements].filter((element) => element.name);
  for (const row of rows) row.hidden = choices.some(({ name, value }) => value && row.dataset[name] !== value);
  form.querySelector("output").value = `${rows.filter((row) => !row.hidden).length} of ${rows.length} claims`;
}

form.addEventListener("change", () => {
  filter();
  history.replaceState(null, "", `#${new URLSearchParams([...new FormData(form)].filter(([, value]) => value))}`);
});

function sort(header) {
  const down = header.ariaSort === "ascending";
  for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
  header.ariaSort = down ? "descending" : "ascending";
  // claims and lessons stand in the book's order, which is not the alphabet's
  const key = ({ dataset }) => (header.dataset.sort === "verdict" ? dataset.verdict : Number(dataset[header.dataset.sort]));
  rows.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.dataset.order - b.dataset.order) * (down ? -1 : 1));
  table.tBodies[0].append(...rows);
}

for (const header of table.tHead.rows[0].cells) {
  if (!header.dataset.sort) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = header.textContent;
  button.addEventListener("click", () => sort(header));
  header.replaceChildren(button);
}

form.hidden = false;
for (const [name, value] of chosen) if (form.elements[name]) form.elements[name].value = value;
filter();
