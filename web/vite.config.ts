import { readdirSync, readFileSync } from 'node:fs';
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
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: licenses([...this.getModuleIds()]) });
      for (const [name, file] of Object.entries(bundle)) {
        const source = file.type === 'chunk' ? file.code : file.source;
        const bytes = typeof source === 'string' ? Buffer.from(source) : Buffer.from(source);
        this.emitFile({ type: 'asset', fileName: `${name}.br`, source: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }) });
      }
    },
  },
};

/** Of every package that is in the page, the text it asks to be kept with it. */
function licenses(modules: string[]): string {
  // Fonts come by the style sheet, and are no modules.
  const named = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object }).dependencies).map(n => `${process.cwd()}/node_modules/${n}`);
  const folders = new Set([...named, ...modules.map(m => m.match(/^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(f => f !== undefined)]);
  return [...folders].sort().map(f => `${f.split('/node_modules/').at(-1)}\n\n${readFileSync(`${f}/${readdirSync(f).find(n => /^licen[cs]e/i.test(n))}`, 'utf8')}`).join('\n\n');
}

export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2021',
    // The worker's address is made from the page's, so it lies beside it.
    assetsDir: '',
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
