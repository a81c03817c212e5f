// What the build puts in the place of `import.meta.env`.

interface ImportMetaEnv {
  /** Whether this was built to be used, and not to be worked on. */
  readonly PROD: boolean;
}

interface ImportMeta {
  readonly env: ImportMetaEnv;
}
