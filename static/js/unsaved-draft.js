// form[data-unsaved-draft]: asks before what was typed is thrown away; [data-unsaved-hint] inside it is shown meanwhile.
(() => {
  for (const form of document.querySelectorAll("form[data-unsaved-draft]")) {
    let changed = false;
    const hint = form.querySelector("[data-unsaved-hint]");
    form.addEventListener("input", () => {
      changed = true;
      if (hint) hint.hidden = false;
    });
    form.addEventListener("submit", () => {
      changed = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (changed) event.preventDefault();
    });
  }
})();
