// The recovery kit: print, and download as text. The controls are in <template> (parts/kit.html).
import { announce } from "./forms/announce";
import { clone_control } from "./forms/clone";

document.querySelectorAll<HTMLTemplateElement>("template[data-print]").forEach((template) => {
  clone_control(template)?.addEventListener("click", () => print());
});
document.querySelectorAll<HTMLTemplateElement>("template[data-download]").forEach((template) => {
  clone_control(template)?.addEventListener("click", () => {
    const kit = document.getElementById(template.dataset.from || "");
    if (!kit) return;
    const lines: string[] = [];
    kit.querySelectorAll("h2, p, dt, dd, li").forEach((e) => {
      lines.push((e.textContent || "").replace(/\s+/g, " ").trim());
    });
    const link = document.createElement("a");
    const text = new Blob([lines.join("\r\n") + "\r\n"], { type: "text/plain;charset=utf-8" });
    link.href = URL.createObjectURL(text);
    link.download = template.dataset.download || "recovery-kit.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    announce(template.dataset.done || "");
  });
});
