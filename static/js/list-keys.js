// [data-list-keys]: j and k move through its links or rows marked [data-list-item], Enter opens the focused one; in a list with
// [data-list-arrows] the arrows do the same, but only from one of its items on: elsewhere they scroll the page.
(() => {
  const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const step = STEPS[event.key];
    if (step === undefined) return;
    const isArrow = event.key.startsWith("Arrow");
    if (isArrow && !document.activeElement.matches("[data-list-arrows] [data-list-item]")) return;
    const items = [...document.querySelectorAll("[data-list-keys] [data-list-item]")];
    if (items.length === 0) return;
    const here = items.indexOf(document.activeElement);
    const next = step > 0 ? Math.min(here + 1, items.length - 1) : Math.max(here - 1, 0);
    items[next].focus();
    event.preventDefault();
  });
})();
