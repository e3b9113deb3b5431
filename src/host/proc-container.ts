const ID = /(?:^|[^0-9a-f])([0-9a-f]{64})(?:[^0-9a-f]|$)/;

/** What engines mount into a container from the folder that they have for it. */
const OWN_FILES = ['/etc/hostname', '/etc/hosts', '/etc/resolv.conf', '/run/.containerenv'];

/**
 * Ids of containers that a process may be in, the likeliest first: its control group is its own, the
 * files in `/etc` can be those of a container whose network it shares. Pure.
 * @param cgroup text of `/proc/self/cgroup`; cgroups(7)
 * @param mountinfo text of `/proc/self/mountinfo`; proc(5)
 */
export function containerIds(cgroup: string, mountinfo: string): string[] {
  const groups = cgroup.split('\n').map((line) => line.slice(line.lastIndexOf('/') + 1));
  const files = mountLines(mountinfo)
    .filter(({ mountPoint }) => OWN_FILES.includes(mountPoint))
    .map(({ root }) => root);
  return [...new Set([...groups, ...files].flatMap((text) => ID.exec(text)?.[1] ?? []))];
}

/** Where something is mounted, by the text of `/proc/self/mountinfo`. Pure. */
export function mountPoints(mountinfo: string): string[] {
  return mountLines(mountinfo).map(({ mountPoint }) => mountPoint);
}

function mountLines(mountinfo: string): { root: string; mountPoint: string }[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [, , , root, mountPoint] = line.split(' ').map(unescape);
    return root === undefined || mountPoint === undefined ? [] : [{ root, mountPoint }];
  });
}

/** Blanks and the like are written as a backslash and three octal digits of a byte. */
function unescape(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
