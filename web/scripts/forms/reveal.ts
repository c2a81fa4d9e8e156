import { announce } from "./announce";
import { clone_control } from "./clone";

/** Show and hide a password (R15): <template data-reveal="ID" data-hide data-shown data-hidden>. */
export function start_reveal(): void {
  document.querySelectorAll<HTMLTemplateElement>("template[data-reveal]").forEach((template) => {
    const input = document.getElementById(template.dataset.reveal || "") as HTMLInputElement | null;
    const button = input && clone_control(template);
    if (!input || !button) return;
    const show = button.textContent;
    const set = (visible: boolean, say: boolean): void => {
      input.type = visible ? "text" : "password";
      button.textContent = (visible ? template.dataset.hide : show) || "";
      if (say) announce((visible ? template.dataset.shown : template.dataset.hidden) || "");
    };
    button.addEventListener("click", () => set(input.type === "password", true));
    input.form?.addEventListener("submit", () => set(false, false));
  });
}
