/** Zeros of the digits that people type: Arabic-Indic, Persian, Devanagari, full-width. */
const zeros = [0x660, 0x6f0, 0x966, 0xff10];

/** The code as the server reads it (base/text.h): any digits; no spaces, dashes, dots, direction marks. */
export function plain_code(typed: string): string {
  const between = /[\s\u00ad\u200b-\u200f\u2010-\u2015\u2028-\u202e\u2066-\u2069.\-]/g;
  return Array.from(typed.replace(between, ""), (c) => {
    const point = c.codePointAt(0) || 0;
    const zero = zeros.find((z) => point >= z && point <= z + 9);
    return zero === undefined ? c : String(point - zero);
  }).join("");
}

/** One input for a code (R14): a complete one submits itself, once; a wrong one keeps the focus. */
export function start_code(): void {
  document.querySelectorAll<HTMLInputElement>("input[data-digits]").forEach((input) => {
    const digits = Number(input.dataset.digits);
    let last = "";
    input.addEventListener("input", () => {
      const code = plain_code(input.value);
      if (code.length === digits && /^\d+$/.test(code) && code !== last) {
        last = code;
        input.value = code;
        input.form?.requestSubmit();
      }
    });
    if (input.getAttribute("aria-invalid") === "true") {
      input.focus();
      input.select();
    }
  });
}
