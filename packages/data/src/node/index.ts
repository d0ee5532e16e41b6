export type { ArchiveOptions } from './archives/archive-error.ts';
export { gunzip } from './archives/gunzip.ts';
export { gunzipChunks } from './archives/gunzip-chunks.ts';
export { tarEntries, type TarEntriesOptions, type TarEntry } from './archives/tar-entries.ts';
export { tarMembers } from './archives/tar-members.ts';
export { zipMembers, type ZipMembersOptions } from './archives/zip-members.ts';
export { cifar10Plugin, type Cifar10PluginOptions } from './cifar10/cifar10-plugin.ts';
export { readCifar10, type ReadCifar10Options } from './cifar10/read-cifar10.ts';
export type { FileFacts } from './download/checked-file.ts';
export { dataFolder } from './download/data-folder.ts';
export type { DownloadProgress, FetchFileOptions, TransferOptions } from './download/download-options.ts';
export { fetchFile, type FetchedFile } from './download/fetch-file.ts';
export {
  knownDownloads,
  type KnownDownload,
  type KnownDownloadName,
  type KnownFile,
  type KnownFileSet,
  type KnownFileSetName,
} from './download/known-downloads.ts';
export { obtainFile, type ObtainFileOptions } from './download/obtain-file.ts';
export { obtainFiles, type ObtainedFiles, type ObtainFilesOptions } from './download/obtain-files.ts';
export { fashionMnistPlugin, mnistPlugin, type IdxPluginOptions } from './idx/idx-plugins.ts';
export { readIdxImages, type ReadIdxImagesOptions } from './idx/read-idx-images.ts';
export type { CropSize } from './images/crop-centre.ts';
export { decodeImage, type DecodedImage, type DecodeImageOptions } from './images/decode-image.ts';
export { imageFolderPlugin } from './images/image-folder-plugin.ts';
export { readImageFolder, type ReadImageFolderOptions } from './images/read-image-folder.ts';
export { lm1bPlugin, type Lm1bPluginOptions } from './lm1b/lm1b-plugin.ts';
export { readLm1b, type Lm1b, type Lm1bFiles, type ReadLm1bOptions } from './lm1b/read-lm1b.ts';
export { readText8, type ReadText8Options } from './read-text8.ts';
export { readTokenizer } from './read-tokenizer.ts';
export { text8Plugin } from './text8-plugin.ts';
