// Forms that a passkey fills in: <form data-passkey="create|get" data-options="/path" …> holds a <template>
// with its button, and gets the answer as hidden fields. What the address field offers: passkey-autofill.ts.
// The dialog never opens by itself; what was cancelled stays quiet; every attempt has a challenge of its own.
import { clone_control } from "./forms/clone";
import { creation_of, fields_of, request_of } from "./passkey/convert";
import { options_of } from "./passkey/options";

const answered = new WeakSet<HTMLFormElement>(); // hold an answer that is about to be sent
let asking = false; // the browser's own window is open

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
  form.dispatchEvent(new Event("passkey-asking"));
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
    form.dispatchEvent(new Event("passkey-quiet"));
  }
  asking = false;
}

function start(form: HTMLFormElement): void {
  const template = form.querySelector<HTMLTemplateElement>("template:not([data-trust-make])");
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
  form.addEventListener("passkey-answer", (event) => send(form, (event as CustomEvent).detail));
}

addEventListener("pageshow", () => (asking = false));
document.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach(start);
