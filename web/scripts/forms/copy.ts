import { announce } from "./announce";
import { clone_control } from "./clone";

/** <template data-copy="ID" data-done="…">: a button that copies the text of the element ID. */
export function start_copy(): void {
  if (!navigator.clipboard) return;
  document.querySelectorAll<HTMLTemplateElement>("template[data-copy]").forEach((template) => {
    clone_control(template)?.addEventListener("click", () => {
      const text = document.getElementById(template.dataset.copy || "")?.textContent || "";
      void navigator.clipboard.writeText(text.trim()).then(() => announce(template.dataset.done || ""));
    });
  });
}
