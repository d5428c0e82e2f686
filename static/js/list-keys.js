// [data-list-keys]: j and k move through its links or rows marked [data-list-item], Enter opens the focused one.
(() => {
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key !== "j" && event.key !== "k") return;
    const items = [...document.querySelectorAll("[data-list-keys] [data-list-item]")];
    if (items.length === 0) return;
    const here = items.indexOf(document.activeElement);
    const next = event.key === "j" ? Math.min(here + 1, items.length - 1) : Math.max(here - 1, 0);
    items[next].focus();
    event.preventDefault();
  });
})();
