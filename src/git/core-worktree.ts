/**
 * The value of `core.worktree` in the text of a git configuration file, the last one as git takes it;
 * undefined where it is not set. Continued lines, which git does not write for it, are not read.
 * @see git-config(1), "Syntax"
 */
export function coreWorktree(text: string): string | undefined {
  let section = '';
  let found: string | undefined;
  for (const line of text.split('\n')) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.toLowerCase() ?? section;
    const value = /^(?:\s*\[core\])?\s*worktree\s*=\s*(.*?)\s*$/i.exec(line)?.[1];
    if (section === 'core' && value !== undefined) found = unquote(value);
  }
  return found;
}

function unquote(value: string): string {
  const quoted = /^"(.*)"$/.exec(value)?.[1] ?? value;
  return quoted.replace(/\\(["\\])/g, '$1');
}
