/** Controls that need a script live in <template> and are put in front of it: nobody else meets them. */
export function clone_control(template: HTMLTemplateElement): HTMLElement | null {
  const control = template.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  if (control === undefined) return null;
  template.before(control);
  return control;
}
