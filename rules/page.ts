/** A rule's page without what only the tests and the generator of the page look at. */
export function pageForReaders(page: string): string {
  const text = page
    .replace(/^```\w+ setup\b[^]*?^```$/gm, "")
    .replace(/<!--[^]*?-->/g, "")
    .replace(/\n{3,}/g, "\n\n");
  return `${text.trim()}\n`;
}
