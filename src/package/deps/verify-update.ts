import { type Rpm, rpmLocation } from '../rpm';
import type { TreeEntry } from '../source/read-tree';

/** A consuming project's tree after its update, held against what it was to be. */
export interface Update {
  /** All that is in the tree before and after. */
  before: readonly TreeEntry[];
  after: readonly TreeEntry[];
  /** Paths that may change. */
  files: readonly string[];
  /** Text of those files afterwards. */
  texts: readonly string[];
  /** Where our repository is served, with a slash at its end. */
  url: string;
  /** RPMs that must have been taken. */
  pinned: readonly Rpm[];
  /** All that our repository has. */
  rpms: readonly Rpm[];
}

/** What is wrong with an update that said it went well; empty where nothing is. */
export function verifyUpdate(update: Update): string[] {
  const { files, texts, url, pinned, rpms } = update;
  const text = texts.join('\n');
  const strangers = changedPaths(update).filter((path) => !files.includes(path));
  const missing = pinned.flatMap((rpm) => {
    const place = `${url}${rpmLocation(rpm)}`;
    if (text.includes(rpm.sha256) && text.includes(place)) return [];
    return [`${rpm.file} was not taken: ${files.join(', ')} do not have its checksum and ${place}`];
  });
  const elsewhere = rpms.flatMap((rpm) =>
    urlsOf(text, rpm.file)
      .filter((found) => found !== `${url}${rpmLocation(rpm)}`)
      .map((found) => `${rpm.file} was taken from elsewhere: ${found}`),
  );
  return [
    ...strangers.map((path) => `${path} was changed, and is not in rpm.deps.files`),
    ...missing,
    ...new Set(elsewhere),
  ];
}

/** Paths that were added, removed or changed. */
export function changedPaths({ before, after }: Pick<Update, 'before' | 'after'>): string[] {
  const contents = (entries: readonly TreeEntry[]) =>
    new Map(entries.map((entry) => [entry.path, contentOf(entry)]));
  const [old, now] = [contents(before), contents(after)];
  const paths = new Set([...old.keys(), ...now.keys()]);
  return [...paths].filter((path) => old.get(path) !== now.get(path)).sort();
}

function contentOf(entry: TreeEntry): string {
  if (entry.kind === 'file') return `${entry.mode} ${entry.digest}`;
  return entry.kind === 'link' ? `-> ${entry.target}` : 'folder';
}

/** URLs in a text that name a file. */
function urlsOf(text: string, file: string): string[] {
  const name = file.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.match(new RegExp(String.raw`https?://[^\s"'<>,\[\]()]*/${name}`, 'g')) ?? [];
}
