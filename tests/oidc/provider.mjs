// A certified OpenID provider on loopback, for the tests of signing in. Told by one JSON argument:
// {port, client, secret, back, home, kid, methods}. Whoever types a name is that person: sub "sub-NAME".
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const told = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${told.port}`;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), kid: told.kid, use: "sig", alg: "RS256" };

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: told.client,
      client_secret: told.secret,
      redirect_uris: [told.back],
      post_logout_redirect_uris: [told.home],
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ["test"] },
  claims: { openid: ["sub", "amr"], profile: ["preferred_username"] },
  conformIdTokenClaims: false,
  features: {
    devInteractions: { enabled: false },
    // The provider's own page would ask another host for a font.
    rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => void (ctx.body = `<!doctype html><h1>退出</h1>${form}`) },
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, preferred_username: sub.replace("sub-", "") }),
  }),
  // Everybody has agreed already: consent is not what is tested here.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}

async function interaction(request, response) {
  if (request.method === "POST") {
    const name = (await body(request)).get("name");
    const login = name
      ? { login: { accountId: `sub-${name}`, amr: told.methods } }
      : { error: "access_denied" };
    return provider.interactionFinished(request, response, login, { mergeWithLastSubmission: false });
  }
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  return response.end(
    '<!doctype html><html lang="zh"><title>统一认证</title><link rel="icon" href="data:,"><h1>统一认证</h1>' +
      '<form method="post"><label>账号 <input name="name" autofocus></label><button>登录</button></form></html>',
  );
}

const callback = provider.callback();
createServer((request, response) => {
  const answer = request.url.startsWith("/interaction/") ? interaction : callback;
  Promise.resolve(answer(request, response)).catch((error) => {
    console.error(error);
    response.statusCode = 500;
    response.end(String(error));
  });
}).listen(told.port, "127.0.0.1", () => console.log("ready"));
