export { hierarchical, type HierarchicalOptions } from './hierarchical.ts';
