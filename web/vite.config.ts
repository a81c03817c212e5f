// How the app is built: into dist/web, from where `holdfast start` and `holdfast serve` give it
// out. Names have hashes, so a file never changes under its name; the service worker is told
// which files are the shell. Our own package is read from its sources, through its public
// entries, as any app would read the published one.

import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const plainEntities = `${import.meta.dirname}/../node_modules/decode-named-character-reference/index.js`;

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../node_modules/.vite-web',
  resolve: {
    conditions: ['holdfast-source', ...defaultClientConditions],
    // The one for browsers reads `&amp;` by innerHTML, which trusted types refuse.
    alias: { 'decode-named-character-reference': plainEntities },
    dedupe: ['react', 'react-dom', 'yjs'],
  },
  worker: { format: 'es' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    target: 'es2023',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Languages and their like are many, and fetched when they are met: they are no shell.
        chunkFileNames: ({ moduleIds }) =>
          moduleIds.some((id) => id.includes('shiki'))
            ? 'assets/code/[name]-[hash].js'
            : 'assets/[name]-[hash].js',
      },
    },
  },
  plugins: [
    react(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: '.',
      filename: 'sw.ts',
      injectRegister: false,
      manifest: false,
      injectManifest: {
        // What is not the shell is kept when it was used once.
        globPatterns: ['*.{html,svg,webmanifest}', 'assets/*.{js,css}'],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
      },
    }),
  ],
});
