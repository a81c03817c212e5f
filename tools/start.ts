// `npm start`. The server is not built yet, so this says what there is instead of pretending.

console.log(`Holdfast is being built from the document up: the session (src/session) is here,
the server, the clients and the web app are not yet. What you can do today:

  npm test         every check and test
  npm run bench    the measurements, beside their marks
  docs/SPEC.md     what must hold, rule by rule, each with its tests
  docs/ARCHITECTURE.md  where things are and how a token will travel`);
