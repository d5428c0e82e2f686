// ol[data-drag-order="form"]: its li[data-line] are dragged by [data-drag-handle]; dropping sends the new order with that form.
// The buttons of each line do the same without dragging.
(() => {
  for (const list of document.querySelectorAll("[data-drag-order]")) {
    const form = document.getElementById(list.dataset.dragOrder);
    for (const handle of list.querySelectorAll("[data-drag-handle]")) handle.hidden = false;
    window.Sortable.create(list, {
      handle: "[data-drag-handle]",
      animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      onEnd: ({ oldIndex, newIndex }) => {
        if (oldIndex === newIndex) return;
        for (const line of list.querySelectorAll("[data-line]")) {
          const input = document.createElement("input");
          Object.assign(input, { type: "hidden", name: "line", value: line.dataset.line });
          form.append(input);
        }
        form.requestSubmit();
      },
    });
  }
})();
