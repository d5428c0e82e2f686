// form[data-autosubmit]: a choice in a filter applies at once; typed text waits for Enter or the button. So does a choice made
// with the keyboard: its arrows pass every choice on the way to the one that is meant, and each would load the page anew.
(() => {
  let withKeys = false;
  document.addEventListener("keydown", () => { withKeys = true; }, true);
  document.addEventListener("pointerdown", () => { withKeys = false; }, true);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && !withKeys && event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) {
      form.requestSubmit();
    }
  });
})();
