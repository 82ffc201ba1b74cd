/** Dead code: files that nothing reaches, exports that nobody imports, packages that are not used. */

/** The scripts of a Svelte file, less the names that its instances answer to, and what its markup loads on demand. */
function scriptsOf(text) {
  const scripts = [...text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(([, kind, script]) =>
    kind.includes('module') ? script : script.replaceAll(/^  export (?=(async )?function )/gm, ''),
  )
  const loads = [...text.matchAll(/import\((['"])[^'"]+\1\)/g)].map(([load]) => `void ${load}`)
  return [...scripts, ...loads].join('\n')
}

export default {
  entry: [
    'main/cli/tallydesk.ts',
    'main/desktop/{main,preload,node-process}.ts',
    'renderer/main.ts',
    'scripts/*.ts',
    'test/**/*.test.ts',
    'test/bench/*.ts',
    'test/formats/record.ts',
    'test/desktop/electron/{electron-stand-in,parent-port,register}.ts',
    'test/network/{remote-desk-end,node-end}.ts',
    'test/power/{delaying,marks,unsynced}.ts',
    '*.config.{ts,js}',
    '.dependency-cruiser.cjs',
  ],
  project: ['shared/**/*.ts', 'main/**/*.ts', 'renderer/**/*.{ts,svelte}', 'scripts/**/*.ts', 'test/**/*.ts'],
  compilers: { svelte: scriptsOf },
  // Called by their names in scripts/check.ts.
  ignoreDependencies: ['dependency-cruiser', 'svelte-check'],
  ignoreExportsUsedInFile: true,
  // These look into configurations that they cannot load.
  eslint: false,
  playwright: false,
  'playwright-ct': false,
  svelte: false,
  vite: false,
  vitest: false,
}
