const endings = [
  '7z',
  'arrow',
  'bin',
  'bz2',
  'ckpt',
  'ftz',
  'gz',
  'h5',
  'joblib',
  'lfs.*',
  'mlmodel',
  'model',
  'msgpack',
  'npy',
  'npz',
  'onnx',
  'ot',
  'parquet',
  'pb',
  'pickle',
  'pkl',
  'pt',
  'pth',
  'rar',
  'safetensors',
  'tar',
  'tflite',
  'tgz',
  'wasm',
  'xz',
  'zip',
  'zst',
  'gguf',
]

/** The line that puts a pattern into LFS. */
export function lfsLine(pattern: string): string {
  return `${pattern} filter=lfs diff=lfs merge=lfs -text\n`
}

/** What `.gitattributes` of a new repository says: the usual endings of weights and archives are for LFS. */
export const firstAttributes = [...endings.map((ending) => `*.${ending}`), 'saved_model/**/*', '*tfevents*']
  .map(lfsLine)
  .join('')
