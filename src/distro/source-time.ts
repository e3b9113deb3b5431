import { BuildenvError } from '../errors/buildenv-error';

/**
 * The time of everything in an image, Unix time in seconds: `SOURCE_DATE_EPOCH`
 * (https://reproducible-builds.org/specs/source-date-epoch/) where it is set, else the commit's
 * time, else 0.
 *
 * @throws {BuildenvError} `usage` where `SOURCE_DATE_EPOCH` is no number of seconds
 */
export function sourceTime(epoch: string | undefined, commitTime: number | undefined): number {
  if (epoch === undefined || epoch === '') return commitTime ?? 0;
  const seconds = Number(epoch);
  if (/^\d+$/.test(epoch) && Number.isSafeInteger(seconds)) return seconds;
  throw new BuildenvError('usage', `SOURCE_DATE_EPOCH is '${epoch}', not a number of seconds`, {
    hint: 'Unset it, or set it to a Unix time: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)',
  });
}
