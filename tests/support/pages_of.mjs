// The pages that the product says it has: each GET of its description that answers with a view.

/** [path], with {parts} as they stand in the description. */
export function pagesOf(description) {
  const pages = [];
  let path;
  let method;
  for (const line of description.split('\n')) {
    const named = line.match(/^ {2}["']?(\/[^"':]*)["']?:/)?.[1];
    if (named) [path, method] = [named, undefined];
    method = line.match(/^ {4}(get|post|put|delete|patch):/)?.[1] ?? method;
    if (method === 'get' && /^ {8}"200": .*responses\/View"/.test(line)) pages.push(path);
  }
  return pages;
}

/** Which of `pages` this path is. */
export function pageAt(pages, path) {
  const fits = (page) => new RegExp(`^${page.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  return pages.includes(path) ? path : pages.find(fits);
}
