import { AZURE_FILE, azurePipeline } from '../../ci/azure-pipeline';
import { ciCommand } from './ci-command';

export const ciAzure = ciCommand({
  word: 'azure',
  title: 'Azure Pipelines',
  path: AZURE_FILE,
  write: azurePipeline,
});
