// Colours for code, fetched when the first finished block of code is shown. The highlighter knows
// kinds of words, five of them; which colour each has is the theme's business, so it is right in
// both themes and no style stands in the markup.

import type { HighlighterCore, ThemeRegistrationRaw } from 'shiki/core';

export type TokenKind = 'keyword' | 'string' | 'number' | 'comment' | 'name';

export interface Token {
  readonly text: string;
  readonly kind: TokenKind | null;
}

/** Longer code stays plain: it would hold up the page. */
const codeCharsMax = 40_000;

const languages: Readonly<Record<string, () => Promise<unknown>>> = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
};

const otherNames: Readonly<Record<string, string>> = {
  sh: 'bash',
  shell: 'bash',
  zsh: 'bash',
  'c++': 'cpp',
  js: 'typescript',
  javascript: 'typescript',
  mjs: 'typescript',
  ts: 'typescript',
  jsx: 'tsx',
  jsonc: 'json',
  py: 'python',
  rs: 'rust',
  yml: 'yaml',
  xml: 'html',
  patch: 'diff',
};

/** Each kind of word has a colour that stands for it, and is on no screen. */
const kinds: Readonly<Record<string, TokenKind>> = {
  '#000001': 'keyword',
  '#000002': 'string',
  '#000003': 'number',
  '#000004': 'comment',
  '#000005': 'name',
};

const scopes: Readonly<Record<TokenKind, readonly string[]>> = {
  keyword: ['keyword', 'storage', 'markup.deleted'],
  string: ['string', 'markup.inserted'],
  number: ['constant'],
  comment: ['comment', 'punctuation.definition.comment'],
  name: ['entity.name', 'support.function', 'support.type', 'support.class'],
};

const theme: ThemeRegistrationRaw = {
  name: 'kinds',
  fg: '#000000',
  bg: '#ffffff',
  settings: Object.entries(kinds).map(([foreground, kind]) => ({
    scope: [...scopes[kind]],
    settings: { foreground },
  })),
};

let highlighter: Promise<HighlighterCore> | undefined;
const loaded = new Map<string, Promise<void>>();

/** The code in lines of tokens; undefined where it stays plain. */
export async function highlight(
  text: string,
  language: string,
): Promise<readonly (readonly Token[])[] | undefined> {
  const named = language.toLowerCase();
  const name = otherNames[named] ?? named;
  if (!Object.hasOwn(languages, name) || text.length > codeCharsMax) return undefined;
  highlighter ??= make();
  const made = await highlighter;
  const loading = loaded.get(name) ?? load(made, name);
  loaded.set(name, loading);
  await loading;
  const { tokens } = made.codeToTokens(text, { lang: name, theme: 'kinds' });
  return tokens.map((line) =>
    line.map(({ content, color }) => ({ text: content, kind: kinds[color ?? ''] ?? null })),
  );
}

async function make(): Promise<HighlighterCore> {
  const [{ createHighlighterCore }, { createJavaScriptRegexEngine }] = await Promise.all([
    import('shiki/core'),
    import('shiki/engine/javascript'),
  ]);
  return createHighlighterCore({
    themes: [theme],
    // Patterns that no regular expression of this language can say are left out.
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
}

async function load(made: HighlighterCore, name: string): Promise<void> {
  const module = await languages[name]?.();
  await made.loadLanguage(module as Parameters<HighlighterCore['loadLanguage']>[0]);
}
