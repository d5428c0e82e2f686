// button[data-copy="id"]: copies the text or value of the element with that id and says so in [data-copy-said].
(() => {
  const textOf = (source) => ("value" in source ? source.value : source.textContent.trim());
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const said = button.querySelector("[data-copy-said]");
    try {
      await navigator.clipboard.writeText(textOf(source));
    } catch {
      // Without https there is no clipboard: leave the text selected, ready for the person's own shortcut.
      if ("select" in source) source.select();
      else window.getSelection().selectAllChildren(source);
      return;
    }
    const before = said.textContent;
    said.textContent = button.dataset.copyDone;
    window.setTimeout(() => {
      said.textContent = before;
    }, 2000);
  });
})();
