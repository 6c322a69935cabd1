// The provider that ProConnect itself runs (panva's oidc-provider), on this machine, for the tests alone. Standard input says how it
// is to behave, one JSON object a line; each line is answered by "ok" on standard output.
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';

const [port, site] = [Number(process.argv[2]), process.argv[3]];
const issuer = `http://127.0.0.1:${port}/api/v2`;
const behaviour = { person: {}, acr: null, ahead: 0, tamper: null, forge: null, say: null, silent: null };
const [own, stranger] = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

// `ahead`: seconds by which the provider's clock runs fast.
const clock = Date.now;
Date.now = () => clock() + behaviour.ahead * 1000;

const claims = () => ({ sub: 'nobody', email: 'nobody@example.org', ...behaviour.person });
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'site', client_secret: 's'.repeat(43),
    redirect_uris: [`${site}/connexion/proconnect/retour`], post_logout_redirect_uris: [`${site}/deconnexion/retour`],
    response_types: ['code'], grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'RS256', userinfo_signed_response_alg: 'RS256',
  }],
  jwks: { keys: [{ ...own.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }] },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'HS256'] },
  scopes: ['openid'],
  acrValues: ['eidas0', 'eidas1', 'eidas1-mfa', 'eidas2', 'eidas3'],
  claims: {
    openid: ['sub'], acr: null,
    ...Object.fromEntries(['given_name', 'usual_name', 'email', 'siret', 'idp_id', 'roles', 'organization_label'].map((name) => [name, [name]])),
  },
  features: {
    devInteractions: { enabled: false }, jwtUserinfo: { enabled: true }, claimsParameter: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => { ctx.body = `<!doctype html><title>out</title>${form}<button form="op.logoutForm" name="logout" value="yes">out</button>`; } },
  },
  pkce: { required: () => false },
  ttl: { AccessToken: 60, AuthorizationCode: 30, Session: 43200, Grant: 60, IdToken: 60, Interaction: 600 },
  routes: { authorization: '/authorize', userinfo: '/userinfo', end_session: '/session/end' },
  cookies: { keys: ['for tests only'] },
  interactions: { url: (_ctx, interaction) => `/api/v2/interaction/${interaction.uid}` },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ ...claims(), sub: id }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope(ctx.oidc.params.scope);
    await grant.save();
    return grant;
  },
});
provider.proxy = false;
const answer = provider.callback();

// What an attacker between the two could send: the same answer, altered.
const tampered = (body) => {
  const parts = body.split('.');
  if (behaviour.tamper === 'signature') parts[2] = parts[2].split('').reverse().join('');
  if (behaviour.tamper === 'none') { parts[0] = Buffer.from('{"alg":"none"}').toString('base64url'); parts[2] = ''; }
  if (behaviour.tamper === 'siret') {
    const told = JSON.parse(Buffer.from(parts[1], 'base64url'));
    parts[1] = Buffer.from(JSON.stringify({ ...told, siret: '21350051000019' })).toString('base64url');
  }
  return behaviour.tamper === 'garbage' ? 'not a token' : parts.join('.');
};

// `forge`: what somebody who can sign would send: other claims (null takes one away), another algorithm, another key.
const forged = (token, { claims: changes = {}, alg = 'RS256', key = 'own' }) => {
  const [head, body] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  const told = Object.fromEntries(Object.entries({ ...body, ...changes }).filter(([, value]) => value !== null));
  const said = [{ ...head, alg }, told].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const seals = {
    RS256: () => sign('sha256', Buffer.from(said), key === 'own' ? own : stranger),
    HS256: () => createHmac('sha256', createPublicKey(own).export({ type: 'spki', format: 'pem' })).update(said).digest(),
    none: () => Buffer.from(''),
  };
  return `${said}.${seals[alg]().toString('base64url')}`;
};

const altered = (path, body) => {
  const { at, ...how } = behaviour.forge ?? {};
  if (at === '/token' && path.startsWith(at)) return JSON.stringify({ ...JSON.parse(body), id_token: forged(JSON.parse(body).id_token, how) });
  if (at === '/userinfo' && path.startsWith(at)) return forged(body, how);
  return behaviour.tamper && path.startsWith('/userinfo') ? tampered(body) : body;
};

createServer(async (request, response) => {
  const path = request.url.replace(/^\/api\/v2/, '');
  if (behaviour.tamper === 'down') return request.socket.destroy();
  if (behaviour.silent && path.startsWith(behaviour.silent)) return undefined;
  if (behaviour.say && path.startsWith(behaviour.say.at)) return response.end(behaviour.say.body);
  if (path.startsWith('/interaction/')) {
    request.url = path;
    const { params } = await provider.interactionDetails(request, response);
    const required = JSON.parse(params.claims ?? '{}').id_token?.acr?.values;
    const acr = behaviour.acr ?? required?.[0] ?? params.acr_values ?? 'eidas1';
    const refused = required && !required.includes(acr);
    const result = refused ? { error: 'access_denied' } : { login: { accountId: claims().sub, acr, amr: ['pwd'] } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  request.originalUrl = request.url;
  request.url = path;
  const end = response.end.bind(response);
  response.end = (body, ...rest) => {
    if (!body || !(behaviour.forge || behaviour.tamper)) return end(body, ...rest);
    const text = altered(path, String(body));
    if (!response.headersSent) response.setHeader('content-length', Buffer.byteLength(text));
    return end(text);
  };
  return answer(request, response);
}).listen(port, '127.0.0.1', () => console.log('ready'));

createInterface({ input: process.stdin }).on('line', (line) => { Object.assign(behaviour, JSON.parse(line)); console.log('ok'); }).on('close', () => process.exit(0));
