// The place that an address names moves when what stands above it changes: formulas are set, wide code is folded. So go
// there again, until the reader takes over. A reload, and the way back, return to where the reader was.
(() => {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const [arrival] = performance.getEntriesByType("navigation");
  if (!place || (arrival && arrival.type !== "navigate")) return;
  const watch = new ResizeObserver(() => place.scrollIntoView({ behavior: "instant" }));
  const stop = () => watch.disconnect();
  watch.observe(place.closest("article") ?? document.body);
  ["wheel", "touchstart", "pointerdown", "keydown", "hashchange"].forEach((hand) => addEventListener(hand, stop, { once: true, passive: true }));
  addEventListener("load", () => setTimeout(stop, 5000));
})();
