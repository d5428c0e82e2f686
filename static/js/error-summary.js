// [data-error-summary]: takes the focus when the page comes back with errors, so that a reader hears them first.
(() => {
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
