// [data-theme-switch]: radio buttons "system", "light", "dark"; shown only where the choice can be kept.
(() => {
  const read = () => window.localStorage.getItem("theme") || "system";
  for (const group of document.querySelectorAll("[data-theme-switch]")) {
    try {
      const current = read();
      for (const radio of group.querySelectorAll("input[type=radio]")) {
        radio.checked = radio.value === current;
      }
    } catch {
      continue;
    }
    group.hidden = false;
    group.addEventListener("change", (event) => {
      if (event.target.value === "system") {
        window.localStorage.removeItem("theme");
      } else {
        window.localStorage.setItem("theme", event.target.value);
      }
      document.dispatchEvent(new Event("theme-chosen"));
    });
  }
})();
