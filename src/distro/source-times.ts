import { BuildenvError } from '../errors/buildenv-error';

/** Times of an image, Unix times in seconds. */
export interface SourceTimes {
  /** When the image was made, as it says. */
  image: number;
  /** Of each file in it. */
  files: number;
}

/**
 * The times of an image: `SOURCE_DATE_EPOCH`
 * (https://reproducible-builds.org/specs/source-date-epoch/) where it is set; else the commit's time
 * for the image, and 1970 for its files, so that a new commit leaves layers as they are.
 *
 * @throws {BuildenvError} `usage` where `SOURCE_DATE_EPOCH` is no number of seconds
 */
export function sourceTimes(
  epoch: string | undefined,
  commitTime: number | undefined,
): SourceTimes {
  if (epoch === undefined || epoch === '') return { image: commitTime ?? 0, files: 0 };
  const seconds = Number(epoch);
  if (/^\d+$/.test(epoch) && Number.isSafeInteger(seconds)) {
    return { image: seconds, files: seconds };
  }
  throw new BuildenvError('usage', `SOURCE_DATE_EPOCH is '${epoch}', not a number of seconds`, {
    hint: 'Unset it, or set it to a Unix time: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)',
  });
}
