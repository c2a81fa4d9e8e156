import { Options } from "./convert";

/** A browser keeps one challenge: the tab that asked last has it, and the others hear of it. */
export const tabs = "BroadcastChannel" in window ? new BroadcastChannel("passkey") : null;

/** A fresh challenge, and what it is for, from the form's data-options. */
export async function options_of(form: HTMLFormElement): Promise<Options> {
  const answer = await fetch(form.dataset.options || "", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: "{}",
  });
  if (!answer.ok) throw new Error("no options");
  tabs?.postMessage("");
  return (await answer.json()) as Options;
}
