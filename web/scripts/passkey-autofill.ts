// <form data-passkey="get" data-autofill …>: the browser offers passkeys in the address field. Stands before
// passkey.ts, which has the button, and sends what is chosen here ("passkey-answer").
import { request_of } from "./passkey/convert";
import { options_of, tabs } from "./passkey/options";

let waiting: AbortController | null = null; // the request that the browser keeps open
let asking = false; // the button's own window is open
const fresh_ms = 4 * 60 * 1000; // a challenge is good for five minutes

function stop_waiting(): void {
  waiting?.abort();
  waiting = null;
}

async function autofill(form: HTMLFormElement): Promise<void> {
  if (waiting || !PublicKeyCredential.isConditionalMediationAvailable) return;
  if (!(await PublicKeyCredential.isConditionalMediationAvailable())) return;
  const mine = new AbortController();
  waiting = mine;
  try {
    const options = await options_of(form);
    const credential = await navigator.credentials.get({
      publicKey: request_of(options),
      mediation: "conditional",
      signal: mine.signal,
    } as CredentialRequestOptions);
    if (credential) form.dispatchEvent(new CustomEvent("passkey-answer", { detail: credential }));
  } catch {
    // Aborted by the button, or refused by the browser: the form is all that is needed.
    if (waiting === mine) waiting = null;
  }
}

/** A challenge that is old, or that another tab's has replaced, makes room for a new one: at once where time
 *  has passed, but for another tab's only when this one is used again, or two windows would never rest. */
function keep_fresh(form: HTMLFormElement): void {
  let stale = false;
  const look = (): void => {
    if (!stale || document.hidden || asking || !waiting) return;
    stale = false;
    stop_waiting();
    void autofill(form);
  };
  tabs?.addEventListener("message", () => (stale = true));
  setInterval(() => {
    stale = true;
    look();
  }, fresh_ms);
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
}

function start(form: HTMLFormElement): void {
  if (!window.PublicKeyCredential) return;
  form.addEventListener("passkey-asking", () => {
    asking = true;
    stop_waiting();
  });
  form.addEventListener("passkey-quiet", () => {
    asking = false;
    void autofill(form);
  });
  void autofill(form);
  keep_fresh(form);
}

addEventListener("pageshow", () => (asking = false));
document.querySelectorAll<HTMLFormElement>("form[data-autofill]").forEach(start);
