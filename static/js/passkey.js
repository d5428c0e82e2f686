// input[data-passkey="get" or "create"], hidden in a form: when that is sent, the browser asks for a passkey (or makes one),
// and what it signs goes with the form. What to sign stands as JSON in the element data-passkey-options names, or is asked
// for at data-passkey-url. A code in [data-passkey-instead] goes without one. [data-passkey-said] says what failed.
// form[data-passkey-offered] is hidden until the browser knows passkeys.
(() => {
  const knows = window.webauthnJSON?.supported();

  const asked = async (input) => {
    const { passkeyOptions, passkeyUrl, passkeyFor } = input.dataset;
    if (passkeyOptions) return JSON.parse(document.getElementById(passkeyOptions).textContent);
    const token = input.form.elements.csrfmiddlewaretoken.value;
    const response = await fetch(
      passkeyUrl,
      passkeyFor
        ? { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ for: passkeyFor }) }
        : { headers: { "X-Requested-With": "XMLHttpRequest" } },
    );
    if (!response.ok) throw new Error(response.status);
    const said = await response.json();
    return said.request_options ?? said;
  };

  const signed = async (input) => {
    const options = await asked(input);
    if (input.dataset.passkey === "get") return window.webauthnJSON.get(options);
    // Kept on the device with who it is for, so that it signs in without an address being typed.
    Object.assign(options.publicKey.authenticatorSelection, { residentKey: "required", requireResidentKey: true });
    return window.webauthnJSON.create(options);
  };

  for (const input of document.querySelectorAll("input[data-passkey]")) {
    const { form } = input;
    const instead = form.querySelector("[data-passkey-instead]");
    const said = form.querySelector("[data-passkey-said]");
    if (knows) form.hidden = false;
    let waits = false;
    form.addEventListener("submit", async (event) => {
      if (input.value || instead?.value.trim()) return;
      event.preventDefault();
      if (waits) return;
      waits = true;
      said.hidden = true;
      try {
        input.value = JSON.stringify(await signed(input));
      } catch {
        said.hidden = false;
        return;
      } finally {
        waits = false;
      }
      form.requestSubmit(event.submitter);
    });
  }
})();
