// [data-error-summary]: takes the focus when the page comes back with errors, so that a reader hears them first. A field
// inside a fold is unfolded and takes it instead: nobody looks for what is missing in a part that is closed.
(() => {
  const folded = document.querySelector("details .is-invalid");
  if (folded) {
    for (let fold = folded.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }
  const first = folded ?? document.querySelector("[data-error-summary]");
  if (!first) return;
  // The address keeps the place the form was opened at, and the browser would go there and drop the focus.
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  first.focus();
})();
