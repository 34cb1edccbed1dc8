// Asks the browser for a passkey, or for making one, and sends its answer with the form around the button.
const button = document.querySelector("[data-passkey]");
if (button) {
  button.hidden = !window.PublicKeyCredential;
  button.addEventListener("click", async () => {
    const trouble = document.querySelector("[data-passkey-trouble]");
    trouble.hidden = true;
    try {
      const asked = JSON.parse(document.getElementById("passkey-data").textContent);
      const ask = button.dataset.passkey === "make" ? "create" : "get";
      if (ask === "create") {
        Object.assign(asked.creation_options.publicKey.authenticatorSelection, { residentKey: "discouraged", requireResidentKey: false });
      }
      const answer = await window.webauthnJSON[ask](ask === "create" ? asked.creation_options : asked.request_options);
      button.form.elements.credential.value = JSON.stringify(answer);
      button.form.submit();
    } catch {
      // Whoever closes the browser's window has said no; the page stays as it is.
      trouble.hidden = false;
    }
  });
}
