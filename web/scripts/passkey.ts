// Forms that a passkey fills in: <form data-passkey="create|get" data-options="/path" …> holds a <template>
// with its button, and gets the answer as hidden fields. With data-autofill the browser also offers passkeys
// in the address field.
// The dialog never opens by itself; what was cancelled stays quiet; every attempt has a challenge of its own.
import { clone_control } from "./forms/clone";
import { creation_of, fields_of, Options, request_of } from "./passkey/convert";

const answered = new WeakSet<HTMLFormElement>(); // hold an answer that is about to be sent
let waiting: AbortController | null = null; // the request that autofill keeps open
let asking = false; // the browser's own window is open
const fresh_ms = 4 * 60 * 1000; // a challenge is good for five minutes
// A browser keeps one challenge: the tab that asked last has it.
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("passkey") : null;

async function options_of(form: HTMLFormElement): Promise<Options> {
  const answer = await fetch(form.dataset.options || "", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: "{}",
  });
  if (!answer.ok) throw new Error("no options");
  tabs?.postMessage("");
  return (await answer.json()) as Options;
}

function say(form: HTMLFormElement, text: string | undefined): void {
  const place = form.querySelector<HTMLElement>("[data-passkey-said]");
  if (place) place.textContent = text || "";
}

function send(form: HTMLFormElement, credential: PublicKeyCredential): void {
  for (const [name, value] of Object.entries(fields_of(credential))) {
    let input = form.querySelector<HTMLInputElement>(`input[name="${name}"]`);
    if (!input) {
      input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      form.append(input);
    }
    input.value = value;
  }
  // What was typed elsewhere on the page goes along, so that a refusal loses nothing.
  form.querySelectorAll<HTMLInputElement>("[data-passkey-carries]").forEach((input) => {
    const typed = document.getElementById(input.dataset.passkeyCarries || "") as HTMLInputElement | null;
    if (typed) input.value = typed.value;
  });
  answered.add(form);
  form.requestSubmit();
}

/** What to say of a dialog that gave nothing. */
function words_for(form: HTMLFormElement, error: unknown): string | undefined {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return form.dataset.cancelled;
  if (name === "InvalidStateError") return form.dataset.held;
  return form.dataset.failed;
}

async function ask(form: HTMLFormElement): Promise<void> {
  if (asking) return;
  asking = true;
  stop_waiting();
  say(form, "");
  try {
    const options = await options_of(form);
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: creation_of(options) })
        : await navigator.credentials.get({ publicKey: request_of(options) });
    if (credential) {
      send(form, credential as PublicKeyCredential);
      return; // a second press asks nothing while the page goes on
    }
  } catch (error) {
    say(form, words_for(form, error));
    void autofill(form);
  }
  asking = false;
}

function stop_waiting(): void {
  waiting?.abort();
  waiting = null;
}

async function autofill(form: HTMLFormElement): Promise<void> {
  if (!("autofill" in form.dataset) || waiting) return;
  if (!PublicKeyCredential.isConditionalMediationAvailable) return;
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
    if (credential) send(form, credential as PublicKeyCredential);
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
  const template = form.querySelector<HTMLTemplateElement>("template");
  const without = form.querySelector<HTMLElement>("[data-passkey-without]");
  if (!window.PublicKeyCredential) return;
  if (without) without.hidden = true;
  const button = template && clone_control(template);
  if (!button) return;
  // First of all who listen: only an answer is sent, be it asked for by the button or by Enter in a field.
  const first = (event: Event) => {
    if (answered.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void ask(form);
  };
  form.addEventListener("submit", first, { capture: true });
  void autofill(form);
  if ("autofill" in form.dataset) keep_fresh(form);
}

addEventListener("pageshow", () => (asking = false));
document.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach(start);
