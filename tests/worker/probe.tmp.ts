import { startGateway } from '/work/main/tests/worker/support/gateway.ts';
import { startEchoSite } from '/work/main/tests/worker/support/echo.ts';
import { ask } from '/work/main/tests/worker/support/http.ts';
import { startWorkOS } from '/work/main/dev/workos.ts';
const t=Date.now();
const site = await startEchoSite();
const w = await startWorkOS({interactive:false});
console.log('double', Date.now()-t);
const g = await startGateway({variables:{
 WORKOS_CLIENT_ID: w.clientId, WORKOS_API_KEY: w.apiKey, WORKOS_COOKIE_PASSWORD:'Zk3u9Qd7Lm2xR8vT5nW1yB6cH4jP0sGf', WORKOS_REDIRECT_URI:'https://app.example.com/callback',
 WORKOS_API_HOSTNAME:'localhost', WORKOS_API_HTTPS:false, WORKOS_API_PORT: w.port, ORIGIN:`http://127.0.0.1:${site.port}`, UNAUTHENTICATED_PATHS:['/public'], LOG_LEVEL:'debug'
}, behind:{kind:'network'}, workosHost:`localhost:${w.port}`});
console.log('gateway', Date.now()-t);
for (const path of ['/public','/x?y=a%2Fb']) {
const r = await ask({port:g.port, path, headers:{host:'app.example.com','x-test-scheme':'https', accept:'text/html','x-forwarded-proto':'http'}});
console.log(r.status, r.lines, r.text.slice(0,1500)); }
console.log(Date.now()-t, g.output());
await g.stop(); await site.close(); await w.close();
