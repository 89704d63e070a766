// A figure's link opens it over the page, at a size that is readable on a phone. Without this script
// it is a plain link to the figure.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.enlarge");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button || !window.HTMLDialogElement) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  dialog.className = "enlarged";
  dialog.setAttribute("aria-label", "The figure, enlarged");
  const close = document.createElement("button");
  close.textContent = "Close";
  const room = document.createElement("div");
  room.tabIndex = 0; // it scrolls, so the keyboard must reach it
  const image = new Image();
  image.src = link.href;
  image.alt = link.querySelector("img").alt;
  image.className = "dark-light"; // the theme shall not touch it
  room.append(image);
  dialog.append(close, room);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (inside) => inside.target === dialog && dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  document.body.append(dialog);
  dialog.showModal();
});
