// Trusted browsers: a key that never leaves this browser (ECDSA P-256, not extractable, kept in IndexedDB).
// <template data-trust-make="CHALLENGE">: the box in a second factor's form; a ticked one sends the public
// key and a signature. <template data-trust-use="CHALLENGE">: the form of a browser that has its key, signed.
import { clone_control } from "./forms/clone";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const keys = "keys";
const still_ms = 50;

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The browser's key pair; `made` is kept where there was none. */
async function key_pair(made?: CryptoKeyPair): Promise<CryptoKeyPair | undefined> {
  const opening = indexedDB.open("trust", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(keys);
  const database = await done(opening);
  try {
    const store = database.transaction(keys, "readwrite").objectStore(keys);
    const kept = (await done(store.get("own"))) as CryptoKeyPair | undefined;
    if (!kept && made) await done(store.put(made, "own"));
    return kept || made;
  } finally {
    database.close();
  }
}

function text_of(bytes: ArrayBuffer): string {
  const plain = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

async function signed(pair: CryptoKeyPair, text: string): Promise<string> {
  return text_of(await crypto.subtle.sign(algorithm, pair.privateKey, new TextEncoder().encode(text)));
}

function put(place: HTMLElement, name: string, value: string): void {
  const input = place.querySelector<HTMLInputElement>(`input[name="${name}"]`);
  if (input) input.value = value;
}

/** A button that moves between press and release was not pressed. */
async function calm(): Promise<void> {
  while (document.querySelector(":active")) await new Promise((look) => setTimeout(look, still_ms));
}

/** The box, where this browser can make a key. */
async function offer(template: HTMLTemplateElement): Promise<void> {
  const fresh = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  await calm();
  const box = clone_control(template);
  const tick = box?.querySelector<HTMLInputElement>("input[type=checkbox]");
  if (!box || !tick) return;
  let making: Promise<void> | undefined;
  const make = async (): Promise<void> => {
    try {
      const pair = (await key_pair(fresh)) || fresh;
      const signature = await signed(pair, template.dataset.trustMake || "");
      put(box, "trust_key", text_of(await crypto.subtle.exportKey("raw", pair.publicKey)));
      put(box, "trust_signature", signature);
    } catch {
      tick.checked = false;
      tick.disabled = true;
      const hint = box.querySelector(".hint");
      if (hint) hint.textContent = template.dataset.failed || "";
    }
  };
  let ready = false;
  const ticked = (): void => {
    if (tick.checked) making ||= make().finally(() => (ready = true));
  };
  tick.onchange = ticked;
  ticked();
  // Sent before the key is made: it goes a moment later.
  const wait = (event: Event): void => {
    if (!tick.checked || ready) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void making?.then(() => tick.form?.requestSubmit());
  };
  tick.form?.addEventListener("submit", wait, { capture: true });
}

/** The way on without a second factor; false where this browser has no key. */
async function use(template: HTMLTemplateElement): Promise<boolean> {
  const pair = await key_pair();
  if (!pair) return false;
  const signature = await signed(pair, template.dataset.trustUse || "");
  await calm();
  const form = clone_control(template);
  if (form) put(form, "signature", signature);
  return true;
}

async function start(): Promise<void> {
  if (!window.indexedDB || !window.crypto?.subtle) return;
  const trusted = document.querySelector<HTMLTemplateElement>("template[data-trust-use]");
  const box = document.querySelector<HTMLTemplateElement>("template[data-trust-make]");
  if (trusted && (await use(trusted).catch(() => false))) return;
  if (box) await offer(box);
}

void start().catch(() => undefined); // a browser that cannot is as any other
