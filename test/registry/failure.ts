import { BuildenvError } from '../../src/errors/buildenv-error';

/** The error that some work rejects with. */
export async function failure(work: Promise<unknown>): Promise<BuildenvError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BuildenvError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}
