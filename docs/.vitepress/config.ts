import { siteConfig } from '../../tooling/docs-site/src/site-config.ts';

export default siteConfig;
