// Says so where a passkey could not be used or made: the browser itself may have said nothing.
document.addEventListener("allauth.error", (event) => {
  const told = document.getElementById("passkey-failed");
  const button = document.querySelector("#passkey_login, [id^='mfa_webauthn_']");
  if (!told || !button) return;
  event.preventDefault(); // or it is written to the console, as a fault
  (button.closest(".foot-bar, .actions, p") ?? button).before(told);
  told.hidden = true; // shown anew, it is read out anew
  requestAnimationFrame(() => { told.hidden = false; });
});
