/**
 * Who may import whom. Every folder of the engine lists the folders it may know; whatever it does not list is
 * refused. Dependencies run one way: base <- model <- op <- merge, judge, intent, authority <- replica
 * (an intent may ask merge types how a change looks).
 * The contract (shared/api) stands beside them: it says how commands and views look, so what makes them may name
 * it, while it may name only types of theirs. Of sync the replica knows the port that it fulfils.
 */
const engine = {
  base: [],
  model: ['base'],
  op: ['base', 'model'],
  merge: ['base', 'model', 'op'],
  judge: ['base', 'model', 'op'],
  intent: ['base', 'model', 'op', 'merge', 'api'],
  authority: ['base', 'model', 'op'],
  sync: ['base', 'model', 'op'],
  replica: ['base', 'model', 'op', 'merge', 'judge', 'intent', 'authority', 'api', 'sync/store[.]ts$'],
}

/** A folder with all in it, or one file of a folder. */
const inside = (name) => (name.endsWith('$') ? name : `${name}/`)

const engineRules = Object.entries(engine).map(([folder, known]) => ({
  name: `shared-${folder}`,
  comment: `shared/${folder} may know ${['itself', ...known].join(', ')} and nothing else of this project.`,
  severity: 'error',
  from: { path: `^shared/${folder}/` },
  to: {
    path: '^(shared|main|renderer|test|scripts)/',
    pathNot: `^shared/(${[folder, ...known].map(inside).join('|')})`,
  },
}))

module.exports = {
  forbidden: [
    ...engineRules,
    {
      name: 'shared-api',
      comment: 'The contract may use base and model, and only the types of what stands behind it.',
      severity: 'error',
      from: { path: '^shared/api/' },
      to: {
        path: '^(shared|main|renderer|test|scripts)/',
        pathNot: '^shared/(api|base|model)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'shared-is-pure',
      comment: 'The engine has no I/O: it talks to the world through ports that are passed in.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-stands-alone',
      comment: 'The engine knows nothing of the programs and screens that use it.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(main|renderer|test|scripts)/' },
    },
    {
      name: 'main-folders-apart',
      comment: 'The folders of main know each other only through main/node, which puts them together.',
      severity: 'error',
      from: { path: '^main/([^/]+)/', pathNot: '^main/(node|cli)/|^main/desktop/node-process[.]ts$' },
      to: { path: '^main/', pathNot: '^main/($1|node)/' },
    },
    {
      name: 'programs-know-node-and-demo',
      comment:
        'What starts a node may bring it the demo warehouse; the parts of main reach it through the node.',
      severity: 'error',
      from: { path: '^main/(cli/|desktop/node-process[.]ts$)' },
      to: { path: '^main/', pathNot: '^main/(cli|demo|desktop|node)/' },
    },
    {
      name: 'only-entries-know-node',
      comment:
        'main/node puts the parts together; only command line, demo and shell know how it is started and asked.',
      severity: 'error',
      from: { path: '^main/', pathNot: '^main/(node|cli|demo|desktop)/' },
      to: { path: '^main/node/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'shell-forks-the-node',
      comment: 'The shell runs the node as a process of its own: only that process loads it.',
      severity: 'error',
      from: { path: '^main/desktop/', pathNot: '^main/desktop/node-process[.]ts$' },
      to: { path: '^main/node/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'shell-has-no-domain',
      comment: 'No domain logic and no SQL in the shell.',
      severity: 'error',
      from: { path: '^main/desktop/' },
      to: {
        path: ['^shared/', '(^|/)node_modules/better-sqlite3/'],
        pathNot: '^shared/(api|base)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'main-without-screens',
      comment: 'The node serves the built pages; it never loads their source.',
      severity: 'error',
      from: { path: '^main/' },
      to: { path: '^renderer/' },
    },
    {
      name: 'renderer-knows-the-contract',
      comment:
        'A screen shows views and sends commands: it may use shared/api and base, and of the rest types alone.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(shared|main)/', pathNot: '^shared/(api|base)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'renderer-not-main',
      comment: 'Even the types of main stay out of the screens.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^main/' },
    },
    {
      name: 'nothing-knows-test',
      comment: 'Shipped code never loads a test or what tests stand on.',
      severity: 'error',
      from: { path: '^(shared|main|renderer|scripts)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-circles',
      comment: 'Two modules that load each other cannot be read one after the other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages',
      comment: 'A package that is used is declared.',
      severity: 'error',
      from: { path: '^(shared|main|renderer)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'shipped-packages',
      comment:
        'What the node needs at run time stands in dependencies, so that it is shipped and not bundled.',
      severity: 'error',
      from: { path: '^(shared|main)/' },
      to: { dependencyTypes: ['npm-dev'], path: 'node_modules', pathNot: 'node_modules/electron/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|test-results)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.svelte', '.json', '.d.ts'],
    },
  },
}
