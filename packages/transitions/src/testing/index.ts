export { describeTransitionLaws, type LawSuiteOptions } from './describe-transition-laws.ts';
