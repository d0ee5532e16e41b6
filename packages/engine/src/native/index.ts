export type { Card } from './card-facts.ts';
export { describeMachine, type MachineReport } from './describe-machine.ts';
export { describeNative, type NativeReport } from './describe-native.ts';
export type { NativeVariant } from './native-build.ts';
export type { NativeInstallation } from './native-installation.ts';
export type { ProvisionEvent } from './provision-event.ts';
export { provisionNative, type ProvisionOptions } from './provision-native.ts';
