export { readEmbeddings, type EmbeddingFile } from './read-embeddings.ts';
