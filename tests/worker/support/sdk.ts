/** AuthKit's npm packages, as a site behind the gateway would use them. */
import {
  type AuthKitConfig,
  type AuthService,
  CookieSessionStorage,
  configure,
  createAuthService,
  sessionEncryption,
} from '@workos/authkit-session';
import { sealData, unsealData } from 'iron-session';
import type { MintedSession } from '../../../dev/workos.ts';
import { PASSWORD, type World } from './world.ts';

/** What a session of AuthKit's SDKs is, unsealed. */
export interface SdkSession {
  accessToken: string;
  refreshToken: string;
  user: { id: string; email: string } & Record<string, unknown>;
  impersonator?: { email: string; reason: string | null };
  authenticationMethod?: string;
}

/** A package that seals sessions. */
export interface Sealer {
  name: string;
  seal(session: SdkSession, password?: string): Promise<string>;
  open(text: string, password?: string): Promise<SdkSession>;
}

/** The packages, each with the options AuthKit's SDKs call it with. */
export const SEALERS: Sealer[] = [
  {
    name: 'iron-session',
    seal: (session, password = PASSWORD) => sealData(session, { password, ttl: 0 }),
    open: (text, password = PASSWORD) => unsealData<SdkSession>(text, { password, ttl: 0 }),
  },
  {
    name: '@workos/authkit-session',
    seal: (session, password = PASSWORD) =>
      sessionEncryption.sealData(session, { password, ttl: 0 }),
    open: (text, password = PASSWORD) =>
      sessionEncryption.unsealData<SdkSession>(text, { password, ttl: 0 }),
  },
];

/** A session as an SDK keeps it. */
export function sdkSession(minted: MintedSession): SdkSession {
  const { accessToken, refreshToken, user, impersonator, authenticationMethod } = minted;
  return {
    accessToken,
    refreshToken,
    user: { ...user },
    authenticationMethod,
    ...(impersonator && { impersonator }),
  };
}

/** The SDK's service, to whom a request is its `Cookie` field. One a process: it is configured globally. */
export function sdkService({ workos, address }: World): AuthService<string, undefined> {
  configure({
    clientId: workos.clientId,
    apiKey: workos.apiKey,
    redirectUri: `${address.origin}/callback`,
    cookiePassword: PASSWORD,
    apiHostname: 'localhost',
    apiHttps: false,
    apiPort: workos.port,
  });
  return createAuthService({
    sessionStorageFactory: (config: AuthKitConfig) => new CookieField(config),
  });
}

class CookieField extends CookieSessionStorage<string, undefined> {
  override async getCookie(field: string, name: string): Promise<string | null> {
    const pair = field.split('; ').find((part) => part.startsWith(`${name}=`));
    return pair === undefined ? null : decodeURIComponent(pair.slice(name.length + 1));
  }
}
