const pause_ms = 500;
const still_ms = 50;

/** The server's opinion of a new password, after a pause in typing and on leaving the field (P6c):
 *  <input data-check="/path"> posts {"password": …}; the answer is {"good": true, "text": "…"}
 *  and stands in the field's <output>. */
export function start_password_check(): void {
  document.querySelectorAll<HTMLInputElement>("input[data-check]").forEach((input) => {
    const output = document.getElementById(input.id + "_verdict");
    const length = document.getElementById(input.id + "_length");
    if (!output) return;
    let timer = 0;
    let asked = "";
    const ask = async (): Promise<void> => {
      clearTimeout(timer);
      const password = input.value;
      if (password === asked || password === "") return;
      asked = password;
      try {
        const answer = await fetch(input.dataset.check || "", {
          method: "POST",
          headers: { "Content-Type": "application/json", Accept: "application/json" },
          body: JSON.stringify({ password }),
        });
        const verdict = (await answer.json()) as { good?: boolean; text?: string };
        // A button that moves between press and release was not pressed.
        while (document.querySelector(":active")) await new Promise((look) => setTimeout(look, still_ms));
        if (input.value !== password || !verdict.text) return;
        output.textContent = verdict.text;
        output.classList.toggle("good", verdict.good === true);
      } catch {
        asked = ""; // advice only: the form's answer decides
      }
    };
    input.oninput = (): void => {
      output.textContent = "";
      const characters = String(Array.from(input.value).length);
      if (length) length.textContent = (length.dataset.text || "").replace("{n}", characters);
      clearTimeout(timer);
      timer = window.setTimeout(() => void ask(), pause_ms);
    };
    input.onblur = ask;
  });
}
