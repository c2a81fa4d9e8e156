import { announce } from "./announce";

const patience_ms = 8000;

/** One submit a form, and words while it takes. Nothing is `disabled`: a button's value must be sent. */
export function start_submit(): void {
  const resets: Array<() => void> = [];
  document.querySelectorAll("form").forEach((form) => {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (sent) {
        event.preventDefault();
        return;
      }
      sent = true;
      const button = (event as SubmitEvent).submitter || form.querySelector<HTMLElement>("button");
      const label = button ? button.textContent : "";
      const wait = button?.dataset.wait;
      if (button) {
        button.setAttribute("aria-disabled", "true");
        if (wait) button.textContent = wait;
      }
      if (wait) announce(wait);
      const timer = setTimeout(() => announce(document.body.dataset.still || ""), patience_ms);
      resets.push(() => {
        clearTimeout(timer);
        sent = false;
        button?.removeAttribute("aria-disabled");
        if (button && wait) button.textContent = label;
        announce("");
      });
    });
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    // Back to a page of the account shows what is true now, not what was (ux.md section 4).
    if (document.body.classList.contains("account")) location.reload();
    resets.splice(0).forEach((reset) => reset());
  });
}
