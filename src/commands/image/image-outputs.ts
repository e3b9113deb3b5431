/**
 * What later steps of a CI run may want of images: `image_NAME`, the reference, and `digest_NAME`
 * where the image is in a registry. Signs other than letters and digits become `_` in a name.
 */
export function imageOutputs(
  images: readonly { name: string; reference: string; digest?: string }[],
): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const { name, reference, digest } of images) {
    const suffix = name.replace(/[^A-Za-z0-9]/g, '_');
    outputs[`image_${suffix}`] = reference;
    if (digest !== undefined) outputs[`digest_${suffix}`] = digest;
  }
  return outputs;
}
