/**
 * The public surface of each published package, as API Extractor reads it from the emitted declarations. `write-api-report.ts`
 * writes the reports to `docs/api`; `test/architecture/api.test.ts` compares them, so that no export changes unseen.
 */
import { join, resolve } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor';

export interface EntryPoint {
  /** The workspace's folder. */
  readonly workspace: string;
  /** As in the import: `@holdfast/keys/verify`. */
  readonly specifier: string;
  /** The declarations, from the workspace's folder on. */
  readonly types: string;
  readonly report: string;
}

const entryPoint = (workspace: string, subpath: string, types: string): EntryPoint => ({
  workspace,
  specifier: ['@holdfast', workspace, ...(subpath === '' ? [] : [subpath])].join('/'),
  types,
  report: `${[workspace, ...(subpath === '' ? [] : [subpath])].join('-')}.api.md`,
});

/** What `exports` of the published packages offers to import. */
export const ENTRY_POINTS: readonly EntryPoint[] = [
  entryPoint('protocol', '', 'dist/index.d.ts'),
  entryPoint('log', '', 'dist/index.d.ts'),
  entryPoint('keys', '', 'dist/index.d.ts'),
  entryPoint('keys', 'verify', 'dist/verify.d.ts'),
  entryPoint('client-sdk', '', 'dist/index.d.ts'),
  entryPoint('client-sdk', 'testing', 'dist/testing/index.d.ts'),
];

const none = { logLevel: ExtractorLogLevel.None };
const inReport = { logLevel: ExtractorLogLevel.None, addToApiReportFile: true };
/** What no docstring says is marked `undocumented` in place; a second list by line number would change with every edit. */
const messages: NonNullable<IConfigFile['messages']> = {
  compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
  extractorMessageReporting: {
    default: none,
    'ae-forgotten-export': inReport,
    'ae-incompatible-release-tags': inReport,
  },
  tsdocMessageReporting: { default: none },
};

/** Writes the entry point's report into `folder`. Needs the packages built; reads nothing but declarations. */
export function writeApiReport({ workspace, types, report }: EntryPoint, folder: string): void {
  const projectFolder = resolve(workspace);
  const compilerOptions = {
    target: 'ES2023',
    lib: ['ES2023'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
  };
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: join(projectFolder, types),
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions, files: [types] } },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: folder,
        reportTempFolder: join(folder, 'made'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages,
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
  });
  const result = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.logLevel !== ExtractorLogLevel.Error) message.handled = true;
    },
  });
  if (result.errorCount > 0) throw new Error(`The declarations of ${workspace} do not compile.`);
}
