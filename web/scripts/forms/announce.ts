/** The page's one polite live region (ux.md R28). */
export function announce(text: string): void {
  const region = document.getElementById("status");
  if (region) region.textContent = text;
}
