import { defineConfig } from 'vite';

// Builds the pages of src/console to dist/console. No script, style or picture is inlined: the server's content security policy allows
// only files of its own.
export default defineConfig({
  root: 'src/console',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'], // light-dark() stays as it is
    reportCompressedSize: false,
  },
});
