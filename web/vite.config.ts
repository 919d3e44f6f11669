import { brotliCompressSync, constants } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** The page is served from an executable that keeps its files compressed; and from a file, where module scripts are not allowed. */
const packed: Plugin = {
  name: 'packed',
  enforce: 'post',
  transformIndexHtml: {
    order: 'post',
    handler: html => html
      .replace(/\s*<script type="module"[^>]* src="(\.\/[^"]+)"><\/script>/, '\n  <script defer src="$1"></script>')
      .replace(/<link rel="stylesheet"[^>]* href="(\.\/[^"]+)">/, '<link rel="stylesheet" href="$1">'),
  },
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        const source = file.type === 'chunk' ? file.code : file.source;
        const bytes = typeof source === 'string' ? Buffer.from(source) : Buffer.from(source);
        this.emitFile({ type: 'asset', fileName: `${name}.br`, source: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }) });
      }
    },
  },
};

export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2021',
    assetsInlineLimit: 1 << 20,
    modulePreload: false,
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1000,
    rollupOptions: { output: { format: 'iife', inlineDynamicImports: true } },
  },
  worker: { format: 'iife' },
  plugins: [packed],
  test: { include: ['test/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0]);
