// What servers share: where they may listen, which host names and pages may speak to them, and how they read JSON. Knows no route.
export { type Address, checkAddress, isLoopback, listen, originOf } from './address.ts';
export { jsonBody } from './json-body.ts';
export { checkJsonBounds } from './json-bounds.ts';
export { networkOf } from './network.ts';
export { foreignHost, foreignOrigin } from './origins.ts';
