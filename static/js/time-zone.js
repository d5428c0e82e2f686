// select[data-browser-zone]: begins with the time zone of this computer, where the list has it.
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const select of document.querySelectorAll("select[data-browser-zone]")) {
    if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  }
})();
