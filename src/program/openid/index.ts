// Log-ins by an OpenID provider. Knows no HTTP of this server, and no user.

export { OpenId } from './openid.ts';
export { type OpenIdSettings, readOpenIdSettings } from './settings.ts';
