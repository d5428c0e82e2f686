// button[data-download="id"]: saves the text or value of the element with that id as the file data-download-name; hidden
// until it can.
(() => {
  for (const button of document.querySelectorAll("[data-download]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const source = document.getElementById(button.dataset.download);
      const text = "value" in source ? source.value : source.textContent;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
      link.download = button.dataset.downloadName;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }
})();
