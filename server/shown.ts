/**
 * What the client may be showing, as far as that can be known: a client that throws an answer away
 * tells nobody. VS Code does so when a tab is closed while its file is asked about, and forgets then
 * under which id it had its findings, so that leaving them out would leave them where they are.
 */
export class Shown {
  private readonly paths = new Set<string>();
  private readonly ever = new Set<string>();
  private readonly doubtful = new Set<string>();

  /** Files of which something may be shown. */
  all(): readonly string[] {
    return [...this.paths];
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  /** The client was told all that is to be said about a file, in an answer that it takes. */
  told(path: string, isEmpty: boolean): void {
    if (isEmpty) this.paths.delete(path);
    else this.paths.add(path);
    if (!isEmpty) this.ever.add(path);
  }

  /**
   * The client was told something about a file, in an answer that it may throw away. Gives whether
   * that matters: of a file in which nothing ever was nothing can be left.
   */
  maybeTold(path: string, isEmpty: boolean): boolean {
    if (isEmpty && !this.ever.has(path)) return false;
    this.ever.add(path);
    this.paths.add(path);
    this.doubtful.add(path);
    return true;
  }

  /** Hands over, once, the files about which everything has to be said again. */
  takeDoubtful(): readonly string[] {
    const paths = [...this.doubtful];
    this.doubtful.clear();
    return paths;
  }
}
