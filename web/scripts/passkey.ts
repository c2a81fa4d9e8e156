// Forms that a passkey fills in: <form data-passkey="create|get" data-options="/path" …> holds a <template>
// with its button, and gets the answer as hidden fields. With data-autofill the browser also offers passkeys
// in the address field.
// The dialog never opens by itself; what was cancelled stays quiet; every attempt has a challenge of its own.
import { announce } from "./forms/announce";
import { clone_control } from "./forms/clone";
import { creation_of, fields_of, Options, request_of } from "./passkey/convert";

const answered = new WeakSet<HTMLFormElement>(); // hold an answer that is about to be sent
let waiting: AbortController | null = null; // the request that autofill keeps open

async function options_of(form: HTMLFormElement): Promise<Options> {
  const answer = await fetch(form.dataset.options || "", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: "{}",
  });
  if (!answer.ok) throw new Error("no options");
  return (await answer.json()) as Options;
}

function say(form: HTMLFormElement, text: string | undefined): void {
  const place = form.querySelector<HTMLElement>("[data-passkey-said]");
  if (place) place.textContent = text || "";
  announce(text || "");
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
  waiting?.abort();
  waiting = null;
  say(form, "");
  try {
    const options = await options_of(form);
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: creation_of(options) })
        : await navigator.credentials.get({ publicKey: request_of(options) });
    if (credential) send(form, credential as PublicKeyCredential);
  } catch (error) {
    say(form, words_for(form, error));
    void autofill(form);
  }
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
}

document.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach(start);
