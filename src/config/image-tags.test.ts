import { buildImageTag, distroTag } from './image-tags';

describe('image tags', () => {
  it('are latest and the branch where no variable is set', () => {
    const env = { IMAGE_VERSION: '', BUILDENV_IMAGE_VERSION: undefined };
    expect(buildImageTag(env)).toEqual({ tag: 'latest', explicit: false });
    expect(distroTag(env, 'master')).toEqual({ tag: 'master', explicit: false });
  });

  it('are IMAGE_VERSION for all', () => {
    const env = { IMAGE_VERSION: 'v1.2' };
    expect(buildImageTag(env)).toEqual({ tag: 'v1.2', explicit: true });
    expect(distroTag(env, 'master')).toEqual({ tag: 'v1.2', explicit: true });
  });

  it('are BUILDENV_IMAGE_VERSION for build images alone', () => {
    const env = { IMAGE_VERSION: 'v1', BUILDENV_IMAGE_VERSION: 'v2' };
    expect(buildImageTag(env).tag).toBe('v2');
    expect(distroTag(env, 'master').tag).toBe('v1');
    expect(distroTag({ BUILDENV_IMAGE_VERSION: 'v2' }, 'master').tag).toBe('master');
  });

  it.each(['.a', '-a', 'a/b', 'a b', 'a\n', 'ä', 'x'.repeat(129)])('refuse %j', (tag) => {
    const error = expect.objectContaining({ code: 'usage' }) as Error;
    expect(() => buildImageTag({ BUILDENV_IMAGE_VERSION: tag })).toThrow(error);
    expect(() => distroTag({ IMAGE_VERSION: tag }, 'master')).toThrow(/^IMAGE_VERSION is no/);
  });

  it('may have 128 characters', () => {
    expect(buildImageTag({ IMAGE_VERSION: 'x'.repeat(128) }).explicit).toBe(true);
  });
});
